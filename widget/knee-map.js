/** The knee picture: a view onto native checkboxes. Loaded when it is first needed. */

import { el, svg } from "./dom.js";

/** @typedef {"left"|"right"} Side */
/** @typedef {"anterior"|"posterior"|"medial"|"lateral"} Zone */
/** @typedef {Pick<typeof import("./inputs.js"), "answerForm"|"tick">} Tools given, not imported: they are loaded already */
/** @typedef {{zone: Zone, d: string, x: number}} Area a part of the knee to tap, and the middle of its word */

/*
 * One leg is drawn, the patient's left one, 176 wide: outer side on the left, inner side on the right. The right leg
 * is its mirror. Front and back both show the patient's own right on the right, as a mirror does, so that nobody has
 * to turn the picture in the mind.
 */
const THIGH_TO_CALF =
  "M7 0C8 26 14 44 11 64C4 80 1 96 3 112C6 132 23 142 23 164C22 180 28 194 33 206" +
  "L143 206C149 192 154 178 153 160C152 142 170 132 173 112C175 96 172 80 165 64C162 44 168 26 169 0";
/** @type {Area[]} */
const FRONT = [
  { zone: "lateral", x: 33, d: "M57 63C42 60 25 63 14 72C6 88 4 102 7 118C15 138 40 148 57 144Q61 104 57 63Z" },
  { zone: "anterior", x: 88, d: "M88 60C107 60 115 74 115 96C114 124 103 148 88 150C73 148 62 124 61 96C61 74 69 60 88 60Z" },
  { zone: "medial", x: 143, d: "M119 63C134 60 151 63 162 72C170 88 172 102 169 118C161 138 136 148 119 144Q115 104 119 63Z" },
];
/** @type {Area[]} */
const BACK = [{ zone: "posterior", x: 88, d: "M44 64Q88 50 132 64C140 84 138 104 130 122Q88 138 46 122C38 104 36 84 44 64Z" }];
/** Lines that only help the eye: the thigh's muscles, the tendon and the shin; the hamstrings and the calf. */
const FRONT_LINES = "M58 6C62 24 62 40 56 54M118 6C114 22 116 40 124 54M80 154L82 172C84 186 84 194 83 204M96 154L95 172";
const BACK_LINES = "M62 4C60 24 54 40 52 56M114 4C118 24 122 40 124 56M88 136C90 146 90 152 89 160M54 132C48 142 48 152 52 160M122 132C130 142 130 152 126 160";

const WIDTH = 352;
const CHECK = "M-8 0l6 6 10-11";

/** @param {number} x */
const mirrored = (x) => WIDTH - x;

/**
 * @param {import("./types.js").Message} message
 * @param {import("./texts.js").Texts} t
 * @param {import("./types.js").Answer} answer
 * @param {Tools} tools
 */
export function kneePicture(message, t, answer, { answerForm, tick }) {
  const sides = ["left", "right"].map((value) =>
    tick("checkbox", "side", { value, label: value === "left" ? t.leftKnee : t.rightKnee }),
  );
  const areas = Object.entries(t.areas).map(([value, [label, hint]]) =>
    tick("checkbox", "area", { value, label }, hint),
  );
  const unsure = tick("checkbox", "area", { value: "not sure", label: t.cannotPoint });
  const hip = tick("checkbox", "hip", { value: "hip", label: t.hipToo });
  const sideBoxes = sides.map(({ box }) => box);
  const areaBoxes = areas.map(({ box }) => box);

  const picture = el("div", { class: "picture", "aria-hidden": "true" });
  const tapped = (/** @type {Side} */ side, /** @type {Zone | undefined} */ zone) => {
    const sideBox = sideBoxes.find((box) => box.value === side);
    const areaBox = areaBoxes.find((box) => box.value === zone);
    if (!sideBox) return;
    if (!areaBox) sideBox.checked = !sideBox.checked;
    else if (sideBox.checked && areaBox.checked) areaBox.checked = false;
    else sideBox.checked = areaBox.checked = true;
    (areaBox ?? sideBox).dispatchEvent(new Event("change", { bubbles: true }));
  };
  picture.append(...view(FRONT, 200, FRONT_LINES, t.seenFront, t, tapped), ...view(BACK, 152, BACK_LINES, t.seenBack, t, tapped));

  /** What is ticked, as it is sent and as it is shown. */
  const picked = () => {
    const side = sideBoxes.filter((box) => box.checked);
    const where = [...areaBoxes, unsure.box].filter((box) => box.checked);
    const named = [...side, ...where, ...(hip.box.checked ? [hip.box] : [])];
    return { side, where, shown: named.map((box) => box.dataset.label).join(", ") };
  };
  const show = () => {
    const all = areaBoxes.some((box) => box.value === "diffuse" && box.checked);
    for (const part of picture.querySelectorAll("[data-side]")) {
      const { side, zone } = /** @type {SVGElement | HTMLElement} */ (part).dataset;
      const here = sideBoxes.some((box) => box.value === side && box.checked);
      const there = all || areaBoxes.some((box) => box.value === zone && box.checked);
      part.classList.toggle("on", here && (!zone || there));
    }
    said.textContent = picked().shown;
  };
  const changed = (/** @type {Event} */ event) => {
    if (event.target === unsure.box && unsure.box.checked) for (const box of areaBoxes) box.checked = false;
    else if (areaBoxes.some((box) => box.checked)) unsure.box.checked = false;
    show();
  };

  const read = () => {
    const { side, where, shown } = picked();
    if (!side.length) return { missing: t.kneeMissing, at: sideBoxes[0] };
    if (!where.length) return { missing: t.areaMissing, at: areaBoxes[0] };
    const which = side.length === 2 ? "both" : side[0].value;
    if (!hip.box.checked) return { text: [which, ...where.map((box) => box.value)].join(", "), shown };
    // no value stands for the hip: it is told in words, which the server reads as well
    const spot = where.map((box) => (box.value === "posterior" ? "back of the knee" : box.dataset.label)).join(", ");
    const place = where[0] === unsure.box ? "not sure where" : spot.toLowerCase();
    return { text: `${which} knee${side.length === 2 ? "s" : ""}, ${place}. My hip hurts too.`, shown };
  };
  const form = answerForm(
    { class: "knee", onchange: changed },
    message.input?.done_label ?? t.done,
    [
      el("p", { class: "hint" }, t.kneeHint),
      picture,
      el("p", { class: "hint" }, t.kneeTell),
      el("fieldset", { class: "two" }, el("legend", {}, t.kneeWhich), ...sides.map(({ row }) => row)),
      el("fieldset", { class: "two" }, el("legend", {}, t.kneeWhere), ...[...areas, unsure, hip].map(({ row }) => row)),
    ],
    read,
    answer,
  );
  const said = el("small", {});
  form.querySelector("[type=submit]")?.append(said);
  show();
  return form;
}

/**
 * Both legs from one side, with words above.
 * @param {Area[]} areas
 * @param {number} height what of the leg is shown
 * @param {string} lines
 * @param {string} seen from where
 * @param {import("./texts.js").Texts} t
 * @param {(side: Side, zone?: Zone) => void} tapped
 */
function view(areas, height, lines, seen, t, tapped) {
  const name = (/** @type {Side} */ side) =>
    el("b", { "data-side": side, onclick: () => tapped(side) }, side === "left" ? t.yourLeft : t.yourRight);
  const names = el("div", { class: "names" }, name("left"), el("span", {}, seen), name("right"));
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}` });
  for (const side of /** @type {Side[]} */ (["left", "right"])) {
    const leg = svg("g", side === "right" ? { transform: `translate(${WIDTH} 0) scale(-1 1)` } : {});
    leg.append(svg("path", { d: THIGH_TO_CALF, class: "leg", "data-side": side, onclick: () => tapped(side) }));
    leg.append(svg("path", { d: lines, class: "line" }));
    for (const { zone, d } of areas) {
      leg.append(svg("path", { d, class: "zone", "data-side": side, "data-zone": zone, onclick: () => tapped(side, zone) }));
    }
    drawing.append(leg);
    for (const area of areas) drawing.append(...caption(side, area, t));
  }
  return [names, drawing];
}

/** A part's word and check mark, never mirrored. @param {Side} side @param {Area} area @param {import("./texts.js").Texts} t */
function caption(side, { zone, x }, t) {
  const place = side === "right" ? mirrored(x) : x;
  const data = { "data-side": side, "data-zone": zone };
  const check = svg("path", { ...data, d: CHECK, class: "check", transform: `translate(${place} 88)` });
  return [svg("text", { ...data, x: place, y: 114, class: "zone-name", "text-anchor": "middle" }, t.zones[zone]), check];
}
