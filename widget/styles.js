/**
 * Style sheets that came along with the module, by name. The server writes them in here, so that the chat needs no
 * request of its own for them; on disk it is empty, and they are fetched.
 * @type {Record<string, string>}
 */
export const STYLES = {};
