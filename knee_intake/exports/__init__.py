"""What leaves the records as files: CSV, JSON, text, and FHIR R4."""
