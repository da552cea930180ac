"""The printable pack of every patient text: HTML with rules for paper, plain text, or JSON. PURE."""

from __future__ import annotations

import hashlib
import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from knee_intake.approvals import STATES, Review, State
from knee_intake.clinic import Clinic, Source
from knee_intake.patient_texts import SECTIONS, Part, Section

FINGERPRINT = 8
"""Digits of a hash that are printed: enough to see that a text is still the one that was read."""

WIDTH = 100
"""Characters in a line of the plain text."""

SIGNS: dict[State, str] = {"approved": "approved", "rejected": "REJECTED", "changed": "CHANGED", "open": "open"}
STATE_HELP = {
    "approved": "a clinician read it and agreed",
    "rejected": "a clinician read it and did not agree",
    "changed": "its words changed since, so the approval is void",
    "open": "nobody has decided yet",
}


@dataclass(frozen=True)
class Pack:
    """What is printed."""

    clinic: Clinic
    reviews: Sequence[Review]
    """The texts that were asked for."""
    is_whole: bool
    """Whether each section has all of its texts, so that it can be signed as a whole."""
    at: datetime
    """When it was printed, in the clinic's zone."""

    def sections(self) -> Iterator[tuple[Section, list[Review]]]:
        for section in SECTIONS:
            found = [one for one in self.reviews if one.text.section == section]
            if found:
                yield section, found

    def sources(self, ids: Iterable[str]) -> list[tuple[str, Source]]:
        return [(one, self.clinic.sources[one]) for one in ids]

    @property
    def cited(self) -> list[tuple[str, Source]]:
        """Every source that a text of the pack names, in the order of sources.yml."""
        named = {source for one in self.reviews for source in one.text.sources}
        return [(source_id, source) for source_id, source in self.clinic.sources.items() if source_id in named]

    @property
    def title(self) -> str:
        return f"{self.clinic.practice.name.value}: what patients read"


def printed_id(review: Review) -> str:
    """The id with its fingerprint, as `texts approve` takes it."""
    return f"{review.text.id}@{review.text.hash[:FINGERPRINT]}"


def section_hash(found: Iterable[Review]) -> str:
    """sha256 over the texts of a section: another one as soon as one of them changes, comes or goes."""
    return hashlib.sha256("\n".join(sorted(one.text.hash for one in found)).encode()).hexdigest()


def _approve_all(section: Section, found: Iterable[Review]) -> str:
    """What to type; `found` are all texts of the section."""
    return f"knee-intake texts approve --section {section}@{section_hash(found)[:FINGERPRINT]} --by NAME"


def cite(source: Source) -> str:
    """A source's title with its kind and year."""
    return f"{source.title} ({', '.join(str(one) for one in (source.kind, source.year) if one)})"


def address(source: Source) -> str:
    """Where it can be read, as far as known."""
    return source.url or (f"https://doi.org/{source.doi}" if source.doi else "")


def grade_in_words(review: Review) -> str:
    return "too short for a grade" if review.text.grade is None else f"grade {review.text.grade}"


def tally(reviews: Iterable[Review]) -> str:
    """ "3 approved, 1 changed, 20 open"."""
    counts = Counter(one.state for one in reviews)
    return ", ".join(f"{counts[state]} {SIGNS[state]}" for state in STATES if counts[state])


def part_title(part: Part) -> str:
    """A part's place, for people: "choices: left"."""
    name = part.name.removesuffix(".label").replace("_", " ").replace(".", ": ")
    return f"{name} [{part.lang}]".strip() if part.lang != "en" else name


# ---- plain text


def as_text(pack: Pack) -> str:
    """For a terminal or a mail."""
    lines = [pack.title, f"Printed on {pack.at:%Y-%m-%d %H:%M}. {len(pack.reviews)} texts: {tally(pack.reviews)}."]
    for section, found in pack.sections():
        lines += ["", "", SECTIONS[section].upper(), f"{len(found)} texts: {tally(found)}"]
        if pack.is_whole:
            lines.append(f"all of them: {_approve_all(section, found)}")
        for one in found:
            lines += ["", *_text_lines(one, pack)]
    if pack.cited:
        lines += ["", "", "SOURCES"]
        for source_id, source in pack.cited:
            lines += _wrapped(f"{source_id}  {cite(source)}. {address(source)} {source.note}".strip(), "", "      ")
    return "\n".join(lines) + "\n"


def _text_lines(one: Review, pack: Pack) -> Iterator[str]:
    yield f"{printed_id(one)}   {grade_in_words(one)}   {SIGNS[one.state]}"
    if one.decision:
        yield from _wrapped(one.in_words, "    ", "    ")
    if one.text.about:
        yield from _wrapped(f"({one.text.about})", "    ", "    ")
    for part in one.text.messages:
        title = f"{part_title(part)}: " if part_title(part) else ""
        yield from _wrapped(f'{title}"{part.text}"', "    ", "      ")
    for source_id, source in pack.sources(one.text.sources):
        yield from _wrapped(f"[{source_id}] {cite(source)}", "    ", "      ")


def _wrapped(text: str, first: str, following: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=following, break_on_hyphens=False)


# ---- JSON


def as_json(pack: Pack) -> str:
    """For programs; hashes are whole."""
    texts = [_entry(one, pack) for one in pack.reviews]
    data = {
        "clinic": pack.clinic.practice.name.value,
        "printed_at": pack.at.isoformat(timespec="seconds"),
        "texts": texts,
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _entry(one: Review, pack: Pack) -> dict[str, Any]:
    decision = one.decision
    return {
        "id": one.text.id,
        "section": one.text.section,
        "file": one.text.file,
        "about": one.text.about,
        "messages": [{"part": part.name, "lang": part.lang, "text": part.text} for part in one.text.messages],
        "grade": one.text.grade,
        "sources": [
            {
                "id": source_id,
                "title": source.title,
                "kind": source.kind,
                "year": source.year,
                "address": address(source) or None,
            }
            for source_id, source in pack.sources(one.text.sources)
        ],
        "hash": one.text.hash,
        "state": one.state,
        "decision": decision.decision if decision else None,
        "by": decision.by if decision else None,
        "at": decision.at if decision else None,
        "comment": decision.comment if decision else "",
    }


# ---- HTML

STYLE = """
body { font: 11pt/1.45 Georgia, serif; color: #111; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { margin-top: 2.5rem; border-bottom: 2px solid #111 }
h3 { font-size: 1rem; margin: 0 0 .2rem; font-family: ui-monospace, monospace }
article { border: 1px solid #999; border-left-width: .5rem; padding: .6rem .8rem; margin: .8rem 0 }
article.approved { border-left-color: #1b6b3a } article.rejected { border-left-color: #a11 }
article.changed { border-left-color: #b26a00 } article.open { border-left-color: #999 }
.state { font-weight: bold } .about, .part, .sources, footer, .how { font-size: .85em; color: #444 }
dl { margin: .4rem 0 } dt { font-size: .8em; color: #444 } dd { margin: 0 0 .35rem }
.sources { margin: .3rem 0; padding-left: 1.1rem } .sign { font-size: .85em; margin: .5rem 0 0 }
code { font-size: .85em; overflow-wrap: anywhere } table { border-collapse: collapse }
th, td { border: 1px solid #999; padding: .15rem .6rem; text-align: right } th:first-child { text-align: left }
@page { margin: 16mm }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 10pt } nav { display: none }
  h2 { break-before: page; break-after: avoid } article, tr { break-inside: avoid } a { color: inherit }
}
"""


def as_html(pack: Pack) -> str:
    """One file that needs nothing else, to read on a screen or on paper."""
    title = escape(pack.title)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{STYLE}</style></head><body>",
            f"<header><h1>{title}</h1>",
            f"<p>Printed on {pack.at:%Y-%m-%d %H:%M}. {len(pack.reviews)} texts: {tally(pack.reviews)}.</p>",
            *_how(pack),
            "</header><main>",
            *(line for section, found in pack.sections() for line in _section(section, found, pack)),
            *_source_list(pack),
            "</main></body></html>\n",
        ]
    )


def _how(pack: Pack) -> Iterator[str]:
    yield "<p>Words in {braces} are filled in. Reading grades are school grades; 6 or below is meant.</p>"
    yield '<ul class="how">'
    yield from (f"<li><b>{SIGNS[state]}</b>: {escape(STATE_HELP[state])}</li>" for state in STATES)
    yield "</ul>"
    yield (
        '<p class="how">To agree: <code>knee-intake texts approve ID --by "NAME"</code>, with the ID as it '
        "stands over a text. What follows the @ makes sure that its words have not changed since this was printed. "
        "To disagree: "
        '<code>knee-intake texts reject ID --by "NAME" --comment "WHY"</code>.</p>'
    )
    yield "<table><tr><th>Section</th>" + "".join(f"<th>{SIGNS[state]}</th>" for state in STATES) + "</tr>"
    for section, found in pack.sections():
        counts = Counter(one.state for one in found)
        cells = "".join(f"<td>{counts[state]}</td>" for state in STATES)
        yield f'<tr><th><a href="#{section}">{escape(SECTIONS[section])}</a></th>{cells}</tr>'
    yield "</table>"


def _section(section: Section, found: list[Review], pack: Pack) -> Iterator[str]:
    yield f'<section id="{section}"><h2>{escape(SECTIONS[section])}</h2>'
    if pack.is_whole:
        yield f'<p class="how">All {len(found)} at once: <code>{escape(_approve_all(section, found))}</code></p>'
    for one in found:
        yield from _article(one, pack)
    yield "</section>"


def _article(one: Review, pack: Pack) -> Iterator[str]:
    yield f'<article class="{one.state}"><h3>{escape(printed_id(one))}</h3>'
    yield f'<p class="state">{escape(one.in_words)}</p>'
    yield f'<p class="about">{escape(grade_in_words(one).capitalize())}. {escape(one.text.about)}</p><dl>'
    for part in one.text.messages:
        if part_title(part):
            yield f"<dt>{escape(part_title(part))}</dt>"
        yield f'<dd lang="{escape(part.lang)}">{escape(part.text)}</dd>'
    yield "</dl>"
    if one.text.sources:
        yield '<ul class="sources">'
        yield from (
            f"<li>{escape(one_id)}: {escape(cite(source))}</li>" for one_id, source in pack.sources(one.text.sources)
        )
        yield "</ul>"
    yield '<p class="sign">☐ approve &nbsp; ☐ reject &nbsp; name ______________________ &nbsp; date ____________</p>'
    yield "</article>"


def _source_list(pack: Pack) -> Iterator[str]:
    if not pack.cited:
        return
    yield '<section id="sources"><h2>Sources</h2><dl>'
    for source_id, source in pack.cited:
        link = address(source)
        where = f' <a href="{escape(link)}">{escape(link)}</a>' if link else ""
        yield f"<dt>{escape(source_id)}</dt><dd>{escape(cite(source))}.{where} {escape(source.note)}</dd>"
    yield "</dl></section>"


FORMATS: dict[str, Callable[[Pack], str]] = {"html": as_html, "text": as_text, "json": as_json}
