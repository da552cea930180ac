"""Pages on paper, as PDF: the one-page chart note, and the whole record of a conversation."""
