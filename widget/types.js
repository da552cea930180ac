/**
 * The shapes that travel between the server and the widget (DESIGN: visitor API). Only types: nothing here runs.
 *
 * @typedef {{label: string, value: string}} Choice
 *
 * @typedef {object} Input
 * @property {"choices"|"multi_choice"|"knee_map"|"pain_scale"|"slots"|"contact"|"text"} kind
 * @property {string} [for] the field that the answer fills
 * @property {string} [none_value] multi_choice: what "none of these" sends
 * @property {string} [done_label]
 * @property {string} [min_label] pain_scale: what 0 means
 * @property {string} [max_label] pain_scale: what 10 means
 * @property {string} [hold_until] ISO 8601: the time that was picked is kept until then
 *
 * @typedef {object} Message
 * @property {number} seq counts all messages of a conversation, without gaps
 * @property {"visitor"|"bot"|"staff"} from
 * @property {string | null} text null: words from before consent, which the server does not show again
 * @property {string} [at] ISO 8601
 * @property {string} [id] the client's own id; on visitor messages only
 * @property {Choice[]} [choices]
 * @property {Input} [input]
 * @property {string} [alert] an urgency
 * @property {boolean} [down] an answer that may be rated: whether it is not what was meant
 * @property {"requested"|"booked"} [visit] with this message a visit was asked for
 * @property {{label: string, path: string}} [link] a download that needs the token
 *
 * @typedef {"sending"|"retrying"|"failed"} SendState
 * @typedef {{id: string, text: string, shown: string, state: SendState, problem?: string,
 *   refused?: boolean, alert?: {text: string, alert: string}}} Outgoing alert: its words were urgent, though the turn
 *   failed; refused: sending the same again on its own account makes no sense
 *
 * @typedef {(text: string, shown?: string) => void} Answer sends `text`; the bubble shows `shown`
 */
export {};
