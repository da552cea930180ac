/** When the page is back: shown again, online again, out of the browser's cache, or after the computer slept. */

const BEAT_MS = 5_000;

/**
 * A computer that sleeps with the page in view tells nobody: only the clock shows it, for timers stand still meanwhile.
 * @param {() => void} wake
 * @param {() => void} rest nobody can see the page
 * @param {AbortSignal} signal ends it
 */
export function onWake(wake, rest, signal) {
  const look = () => (document.hidden ? rest() : wake());
  let last = Date.now();
  const beat = setInterval(() => {
    if (Date.now() - last > 4 * BEAT_MS && !document.hidden) wake();
    last = Date.now();
  }, BEAT_MS);
  signal.addEventListener("abort", () => clearInterval(beat));
  document.addEventListener("visibilitychange", look, { signal });
  addEventListener("online", look, { signal });
  addEventListener("pageshow", ({ persisted }) => persisted && look(), { signal });
}
