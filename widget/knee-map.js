/** The knee picture: a view onto native checkboxes. Loaded when it is first needed. */

import { el, svg } from "./dom.js";

/** @typedef {"left"|"right"} Side */
/** @typedef {"anterior"|"posterior"|"medial"|"lateral"} Zone */
/** @typedef {Pick<typeof import("./inputs.js"), "answerForm"|"tick">} Tools given, not imported: they are loaded already */
/** @typedef {{zone: Zone, x: number, width: number}} Area a pad beside or on the knee, to tap */

/*
 * One leg is drawn, the patient's left one, 172 wide: outer side on the left, inner side on the right. The right leg
 * is its mirror. Front and back both show the patient's own right on the right, as a mirror does.
 */
const LEG =
  "M38 0C40 30 53 52 54 78C54 98 45 110 49 134C53 152 66 166 67 182C60 190 50 196 54 203C66 206 92 206 104 203" +
  "C108 196 103 188 104 182C105 166 119 150 122 128C124 110 117 98 118 78C119 52 131 30 133 0";
/** @type {Area[]} */
const FRONT = [
  { zone: "lateral", x: 4, width: 54 },
  { zone: "anterior", x: 61, width: 50 },
  { zone: "medial", x: 114, width: 54 },
];
/** @type {Area[]} */
const BACK = [{ zone: "posterior", x: 52, width: 68 }];
/** Lines that only help the eye: the shin and toes; the calf. */
const SHIN = "M80 122C82 144 82 160 81 176M62 202V197M71 204V198M81 204.500V198M91 204V198";
const CALF = "M86 114C87 132 87 146 86 164M64 120C62 136 66 150 72 160M108 118C111 134 106 150 100 160";
const PAD_TOP = 54;
const PAD_HEIGHT = 50;

const WIDTH = 360;
const TOP = 24;
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
  picture.append(view(FRONT, 208, SHIN, t.seenFront, t, tapped), view(BACK, 164, CALF, t.seenBack, t, tapped));

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
 * @param {number} height what of the leg is shown
 * @param {string} lines
 * @param {string} title
 * @param {import("./texts.js").Texts} t
 * @param {(side: Side, zone: Zone) => void} tapped
 */
function view(areas, height, lines, title, t, tapped) {
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${height + TOP + 2}` });
  drawing.append(label(title, WIDTH / 2, 14, "seen"), label(t.yourLeft, 86, 14, "yours"), label(t.yourRight, mirrored(86), 14, "yours"));
  for (const side of /** @type {Side[]} */ (["left", "right"])) {
    const flip = side === "right" ? ` translate(${WIDTH} 0) scale(-1 1)` : "";
    const leg = svg("g", { transform: `translate(0 ${TOP})${flip}` });
    leg.append(svg("path", { d: LEG, class: "leg" }));
    leg.append(svg("path", { d: lines, class: "line" }));
    for (const { zone, x, width } of areas) {
      const shape = { x, y: PAD_TOP, width, height: PAD_HEIGHT, rx: 16 };
      const pad = svg("rect", { ...shape, class: "zone", "data-side": side, "data-zone": zone });
      pad.addEventListener("click", () => tapped(side, zone));
      leg.append(pad);
    }
    drawing.append(leg);
    for (const area of areas) drawing.append(...caption(side, area, t));
  }
  return drawing;
}

/** A pad's word and check mark, never mirrored. @param {Side} side @param {Area} area @param {import("./texts.js").Texts} t */
function caption(side, { zone, x, width }, t) {
  const middle = x + width / 2;
  const place = side === "right" ? mirrored(middle) : middle;
  const top = TOP + PAD_TOP;
  const data = { "data-side": side, "data-zone": zone };
  const check = svg("path", { ...data, d: CHECK, class: "check", transform: `translate(${place - 1} ${top + 13})` });
  return [label(t.zones[zone], place, top + 35, "zone-name", data), check];
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} kind
 * @param {Record<string, string>} [data]
 */
function label(text, x, y, kind, data = {}) {
  return svg("text", { x, y, class: kind, "text-anchor": "middle", ...data }, text);
}
