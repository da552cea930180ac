/**
 * The address that sites embed. It is small and short-lived, and all that it loads is named by its content:
 * <script type="module" src="https://clinic.example/widget/knee-intake.js"></script>
 */

import { start } from "./element.js";

/**
 * What the clinic says of itself; the server writes it in here, attributes of the tag win over it.
 * @type {Partial<import("./element.js").ClinicFacts>}
 */
const FACTS = {};

start(import.meta.url, FACTS);
