/** The knee picture: a view onto native checkboxes. Loaded when it is first needed. */

import { el, svg } from "./dom.js";

/** @typedef {"left"|"right"} Side */
/** @typedef {"anterior"|"posterior"|"medial"|"lateral"} Zone */
/** @typedef {Pick<typeof import("./inputs.js"), "answerForm"|"tick">} Tools given, not imported: they are loaded already */
/** @typedef {{zone: Zone, path: string, at: [number, number]}} Area */

/*
 * One leg is drawn, the patient's left one, 150 wide and 210 high: outer side on the left, inner side on the right.
 * The right leg is its mirror. Front and back both show the patient's own right on the right, as a mirror does.
 */
const LEG =
  "M22 0C16 44 34 66 32 100C31 128 14 150 24 210L104 210C112 156 118 132 116 102C114 70 130 40 128 0Z";
/** @type {Area[]} */
const FRONT = [
  { zone: "lateral", path: "M25.5 50C31 68 33 82 32 100C31.300 118 24.500 133 22 150L46 150C52 116 52 84 46 50Z", at: [37, 104] },
  { zone: "anterior", path: "M48 50C54 84 54 116 48 150L100 150C94 116 94 84 100 50Z", at: [74, 140] },
  { zone: "medial", path: "M102 50C96 84 96 116 102 150L111.500 150C114.500 134 117 119 116 102C115.200 84 121 68 123.500 50Z", at: [107, 104] },
];
/** @type {Area[]} */
const BACK = [
  { zone: "posterior", path: "M26 52C31 68 33 82 32 100C31.300 118 25 133 22.500 148L111.500 148C114.500 134 117 119 116 102C115.200 84 121 70 123 52Z", at: [74, 104] },
];
/** Lines that only help the eye. */
const KNEECAP = "M74 70C92 70 95 84 93 98C91 114 82 122 74 122C66 122 57 114 55 98C53 84 56 70 74 70Z";
const SHIN = "M70 132C70 160 72 184 73 210M44 20C52 40 56 52 58 62M104 20C98 40 94 52 92 62";
const CREASE = "M38 92C58 102 92 102 110 92M40 112C60 118 90 118 108 112M74 150C74 174 73 190 72 210";

const WIDTH = 340;
const CHECK = "M-7 0l5 5 9-10";

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
  const sideBoxes = sides.map(({ box }) => box);
  const areaBoxes = areas.map(({ box }) => box);

  const picture = el("div", { class: "picture", "aria-hidden": "true" });
  const tapped = (/** @type {Side} */ side, /** @type {Zone} */ zone) => {
    const sideBox = sideBoxes.find((box) => box.value === side);
    const areaBox = areaBoxes.find((box) => box.value === zone);
    if (!sideBox || !areaBox) return;
    if (sideBox.checked && areaBox.checked) areaBox.checked = false;
    else sideBox.checked = areaBox.checked = true;
    areaBox.dispatchEvent(new Event("change", { bubbles: true }));
  };
  picture.append(view(FRONT, [KNEECAP, SHIN], t.seenFront, t, tapped), view(BACK, [CREASE], t.seenBack, t, tapped));

  const show = () => {
    const all = areaBoxes.some((box) => box.value === "diffuse" && box.checked);
    for (const zone of picture.querySelectorAll("[data-zone]")) {
      const { side, zone: name } = /** @type {SVGElement} */ (zone).dataset;
      const here = sideBoxes.some((box) => box.value === side && box.checked);
      const there = all || areaBoxes.some((box) => box.value === name && box.checked);
      zone.classList.toggle("on", here && there);
      zone.classList.toggle("here", here);
    }
  };
  const changed = (/** @type {Event} */ event) => {
    if (event.target === unsure.box && unsure.box.checked) for (const box of areaBoxes) box.checked = false;
    else if (areaBoxes.some((box) => box.checked)) unsure.box.checked = false;
    show();
  };

  const read = () => {
    const side = sideBoxes.filter((box) => box.checked);
    const where = [...areaBoxes, unsure.box].filter((box) => box.checked);
    if (!side.length) return { missing: t.kneeMissing, at: sideBoxes[0] };
    if (!where.length) return { missing: t.areaMissing, at: areaBoxes[0] };
    return {
      text: [side.length === 2 ? "both" : side[0].value, ...where.map((box) => box.value)].join(", "),
      shown: [...side, ...where].map((box) => box.dataset.label).join(", "),
    };
  };
  const form = answerForm(
    { class: "knee", onchange: changed },
    message.input?.done_label ?? t.done,
    [
      el("p", { class: "hint" }, t.kneeHint),
      picture,
      el("fieldset", { class: "two" }, el("legend", {}, t.kneeWhich), ...sides.map(({ row }) => row)),
      el("fieldset", { class: "two" }, el("legend", {}, t.kneeWhere), ...[...areas, unsure].map(({ row }) => row)),
    ],
    read,
    answer,
  );
  show();
  return form;
}

/**
 * Both legs from one side.
 * @param {Area[]} areas
 * @param {string[]} lines
 * @param {string} title
 * @param {import("./texts.js").Texts} t
 * @param {(side: Side, zone: Zone) => void} tapped
 */
function view(areas, lines, title, t, tapped) {
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} 236` });
  drawing.append(label(title, WIDTH / 2, 14, "seen"), label(t.yourLeft, 85, 14, "yours"), label(t.yourRight, mirrored(85), 14, "yours"));
  for (const side of /** @type {Side[]} */ (["left", "right"])) {
    const flip = side === "right" ? ` translate(${WIDTH} 0) scale(-1 1)` : "";
    const leg = svg("g", { transform: `translate(0 24)${flip} translate(10 0)` });
    leg.append(svg("path", { d: LEG, class: "leg" }));
    for (const { zone, path } of areas) {
      const shape = svg("path", { d: path, class: "zone", "data-side": side, "data-zone": zone });
      shape.addEventListener("click", () => tapped(side, zone));
      leg.append(shape);
    }
    for (const line of lines) leg.append(svg("path", { d: line, class: "line" }));
    drawing.append(leg);
    for (const { zone, at } of areas) drawing.append(...caption(side, zone, at, t));
  }
  return drawing;
}

/** @param {Side} side @param {Zone} zone @param {[number, number]} at @param {import("./texts.js").Texts} t */
function caption(side, zone, [x, y], t) {
  const place = side === "right" ? mirrored(x + 10) : x + 10;
  const check = svg("path", { d: CHECK, class: "check", "data-side": side, "data-zone": zone, transform: `translate(${place} ${y + 4})` });
  return [label(t.zones[zone], place, y + 24, "zone-name"), check];
}

/** @param {string} text @param {number} x @param {number} y @param {string} kind */
function label(text, x, y, kind) {
  return svg("text", { x, y, class: kind, "text-anchor": "middle" }, text);
}
