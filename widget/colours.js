/** A site's own colour, made fit to be read: text and background keep a contrast of 4.5 and more, light and dark. */

const READABLE = 4.5;
/** The least favourable backgrounds of knee-intake.css that the colour stands on as text. */
const BEHIND = { light: [238, 244, 244], dark: [29, 41, 44] };
const WHITE = [255, 255, 255];
const BLACK = [11, 20, 22];

/** @param {number[]} colour red, green, blue from 0 to 255 @returns {number} relative luminance as WCAG defines it */
function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number[]} one @param {number[]} other */
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Mixed with black or white until it can be read. @param {number[]} colour @param {number[]} behind @param {number[]} towards */
function readable(colour, behind, towards) {
  let mixed = colour;
  for (let share = 0; contrast(mixed, behind) < READABLE && share < 1; share += 0.02) {
    mixed = colour.map((part, index) => Math.round(part + (towards[index] - part) * share));
  }
  return mixed;
}

const css = (/** @type {number[]} */ colour) => `rgb(${colour.join(" ")})`;
const onIt = (/** @type {number[]} */ colour) => css(contrast(colour, WHITE) >= READABLE ? WHITE : BLACK);

/**
 * @param {string} hex "#23527c"; anything else has no effect
 * @returns {[string, string][]} custom properties and their values
 */
export function accentProperties(hex) {
  if (!/^#[\da-f]{6}$/i.test(hex)) return [];
  const colour = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const light = readable(colour, BEHIND.light, BLACK);
  const dark = readable(colour, BEHIND.dark, WHITE);
  return [
    ["--knee-intake-accent", css(light)],
    ["--knee-intake-on-accent", onIt(light)],
    ["--knee-intake-accent-dark", css(dark)],
    ["--knee-intake-on-accent-dark", onIt(dark)],
  ];
}
