"""The widget's files and the demo page as they go out."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake.practice import ChatRules
from knee_intake.web.served_file import best_coding
from knee_intake.web.widget_bundle import WidgetFileError, bundle, minify_css, minify_js, put_in
from knee_intake.web.widget_files import ENTRY, LAZY, MAIN, WIDGET_FOLDER, load_files, widget_routes
from tests.widget_sites import widget_context

FIRST_LOAD_BYTES = 20_480
PICTURE_BYTES = 10_240
FILES = load_files()


def client(**options: Any) -> TestClient:
    return TestClient(Starlette(routes=list(widget_routes(widget_context(**options)))))


def facts(web: TestClient) -> dict[str, Any]:
    """What the fixed address says of the clinic."""
    found = re.search(r"const FACTS=(\{.*?\});start", web.get(f"/widget/{ENTRY}").text)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


# size and number


def sizes(coding: str) -> dict[str, int]:
    entry = FILES.entry_for(json.dumps({"notice": "x" * 160}))
    return {
        ENTRY: len(entry.codings[coding]),
        **{name: len(FILES.hashed[name].codings[coding]) for name in FILES.hashed},
    }


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_the_whole_first_load_fits_into_20_kilobytes_and_the_knee_picture_into_another_ten(coding: str) -> None:
    table = sizes(coding)
    print("\n".join(f"{name:16} {coding:4} {size:6,} bytes" for name, size in table.items()))
    assert table[ENTRY] + table[MAIN] <= FIRST_LOAD_BYTES
    assert sum(table[name] for name in LAZY) <= PICTURE_BYTES


def test_the_first_load_is_the_fixed_address_and_one_file_that_it_names(tmp_path: Path) -> None:
    web = client()
    named = re.findall(r'"\./([^"]+)"', web.get(f"/widget/{ENTRY}").text)
    assert named == [FILES.name(MAIN)]
    lazily = set(re.findall(r"(?:knee-map|transcript)\.[0-9a-f]{16}\.(?:js|css)", web.get(f"/widget/{named[0]}").text))
    assert lazily == {FILES.name(name) for name in LAZY}


# how long they are kept


def test_only_the_fixed_address_is_short_lived(tmp_path: Path) -> None:
    web = client()
    assert web.get(f"/widget/{ENTRY}").headers["cache-control"] == "public, max-age=60"
    for name in (MAIN, *LAZY):
        kept = web.get(f"/widget/{FILES.name(name)}").headers["cache-control"]
        assert kept == "public, max-age=31536000, immutable", name


def test_a_name_from_the_release_before_still_gives_a_chat_but_is_not_kept() -> None:
    response = client().get("/widget/element.0123456789abcdef.js")
    assert response.content == FILES.hashed[MAIN].body
    assert response.headers["cache-control"] == "public, max-age=60"


def test_a_file_that_the_browser_has_is_not_sent_again() -> None:
    web = client()
    etag = web.get(f"/widget/{ENTRY}").headers["etag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}'):
        again = web.get(f"/widget/{ENTRY}", headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


def test_each_coding_has_a_tag_of_its_own() -> None:
    web = client()
    tags = {web.get(f"/widget/{ENTRY}", headers={"Accept-Encoding": one}).headers["etag"] for one in ("br", "gzip", "")}
    assert len(tags) == 3


# what the fixed address says


def test_the_fixed_address_says_what_the_clinic_is_and_does_right_now() -> None:
    assert facts(client()) == {
        "clinic": "43rd Street Medical",
        "phone": "(212) 555-0143",
        "hours": "Monday to Friday, 9 AM to 5 PM",
        "mode": "on",
        "notice": "",
        "demo": True,
    }
    snow = client(widget=ChatRules("off", 'Closed: "snow" \\ </script>\u2028'), LIVE="yes")
    told = facts(snow)
    assert (told["mode"], told["notice"], told["demo"]) == ("off", 'Closed: "snow" \\ </script>\u2028', False)


def test_a_phone_that_may_not_be_shown_is_not_told() -> None:
    context = widget_context()
    context.clinic.practice.phone.is_usable = False
    assert facts(TestClient(Starlette(routes=list(widget_routes(context)))))["phone"] == ""


def test_a_new_mode_is_told_without_a_restart() -> None:
    context = widget_context()
    web = TestClient(Starlette(routes=list(widget_routes(context))))
    before = web.get(f"/widget/{ENTRY}").headers["etag"]
    context.clinic.practice.widget = ChatRules("phone_only")
    assert facts(web)["mode"] == "phone_only"
    assert web.get(f"/widget/{ENTRY}", headers={"If-None-Match": before}).status_code == 200


# codings


@pytest.mark.parametrize("name", [ENTRY, *map(FILES.name, FILES.hashed), "chat/chat.css", "demo/logo.svg"])
@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_files_go_out_compressed_and_come_back_the_same(name: str, accepted: str, coding: str, unpack: Any) -> None:
    with client().stream("GET", f"/widget/{name}", headers={"Accept-Encoding": accepted}) as response:
        body = b"".join(response.iter_raw())
    assert response.status_code == 200
    assert response.headers.get("content-encoding") == coding
    kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    assert response.headers["content-type"].startswith(kinds[name.rsplit(".", 1)[-1]])
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "Accept-Encoding" in response.headers["vary"]
    plain = client().get(f"/widget/{name}", headers={"Accept-Encoding": "identity"}).content
    assert unpack(body) == plain


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None), ("br", "br"), ("gzip, br;q=0.1", "br"), ("br;q=0, gzip", "gzip"), ("gzip;q=0", None),
        ("*", "br"), ("*;q=0, gzip", "gzip"), ("GZIP ; q=0.5", "gzip"), ("br;q=x, gzip;q=y", None), ("deflate", None),
    ],
)  # fmt: skip
def test_the_smallest_coding_that_a_browser_takes(accepted: str, coding: str | None) -> None:
    assert best_coding(accepted, {"br": b"", "gzip": b""}) == coding


# who may load them


def test_any_site_may_load_the_widget_where_no_origins_are_set() -> None:
    headers = client().get(f"/widget/{ENTRY}", headers={"Origin": "https://clinic.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("name", [ENTRY, FILES.name(MAIN)])
def test_only_listed_sites_may_load_it_where_origins_are_set(name: str) -> None:
    web = client(ALLOWED_ORIGINS="https://clinic.example")
    listed = web.get(f"/widget/{name}", headers={"Origin": "https://clinic.example"}).headers
    other = web.get(f"/widget/{name}", headers={"Origin": "https://other.example"}).headers
    assert listed["access-control-allow-origin"] == "https://clinic.example"
    assert "access-control-allow-origin" not in other
    assert listed["vary"] == other["vary"] == "Accept-Encoding, Origin"


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "panel.js", "element.js", "knee-map.css", "panel.0123456789abcdef.js", "../knee_intake/settings.py",
     "demo/index.html", "chat/index.html", ""],
)  # fmt: skip
def test_nothing_else_is_served(name: str) -> None:
    response = client().get(f"/widget/{name}")
    assert response.status_code == 404


# pages


def test_the_demo_page_says_that_it_is_one_and_embeds_the_widget_by_one_tag() -> None:
    page = client().get("/").text
    assert "Demo: not monitored" in page
    assert "{{" not in page
    assert page.count("<script") == 1
    assert 'data-phone="(212) 555-0143"' in page
    assert 'href="tel:2125550143"' in page


def test_the_demo_page_has_a_strict_policy_and_keeps_to_it() -> None:
    response = client().get("/")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert not re.search(r'<style|\sstyle="|\son\w+="|javascript:|<script>', response.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', response.text)


@pytest.mark.parametrize("path", ["/", "/chat"])
def test_facts_of_the_clinic_cannot_become_markup(path: str) -> None:
    page = client(name='<img src=x onerror="alert(1)">', widget=ChatRules("off", "<b>x")).get(path).text
    assert "<img src=x" not in page
    assert "<b>x" not in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in page


def test_a_live_clinic_serves_the_widget_and_the_chat_page_but_no_demo_page() -> None:
    web = client(LIVE="yes")
    assert web.get("/").status_code == 404
    response = web.get(f"/widget/{ENTRY}", headers={"Origin": "https://clinic.example"})
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers
    page = web.get("/chat")
    assert page.status_code == 200
    assert "emo" not in page.text.replace("/demo/logo.svg", "")


def test_the_chat_page_locks_itself_on_a_computer_of_many() -> None:
    assert client().get("/chat?shared").text.count("<knee-intake data-shared data-inline ") == 1
    assert "data-shared" not in client().get("/chat").text


def test_the_chat_page_has_the_clinics_facts_and_a_way_without_scripts() -> None:
    response = client(address="12 West 43rd Street, New York").get("/chat?from=desk")
    page = response.text
    assert response.headers["cache-control"] == "no-cache"
    assert "{{" not in page
    assert '<html lang="en">' in page
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "<title>Knee chat: 43rd Street Medical</title>" in page
    for fact in ("Monday to Friday, 9 AM to 5 PM", "12 West 43rd Street, New York", "Demo: not monitored"):
        assert fact in page
    assert page.count('<a href="tel:2125550143">(212) 555-0143</a>') == 2
    assert re.search(r"<noscript>.*call us.*</noscript>", page)


def test_a_fact_that_is_missing_leaves_no_empty_line_on_the_chat_page() -> None:
    context = widget_context()
    context.clinic.practice.phone.is_usable = False
    page = TestClient(Starlette(routes=list(widget_routes(context)))).get("/chat").text
    assert "Address" not in page
    assert 'href="tel:"' not in page


def test_the_chat_page_keeps_to_a_strict_policy() -> None:
    response = client().get("/chat")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'none'")
    assert not re.search(r'<style|\sstyle="|\son\w+="|javascript:|<script>', response.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', response.text)


def test_only_listed_sites_may_show_the_chat_page_in_a_frame() -> None:
    web = client(ALLOWED_ORIGINS="https://clinic.example,https://www.clinic.example")
    ancestors = "frame-ancestors https://clinic.example https://www.clinic.example"
    assert web.get("/chat").headers["content-security-policy"].endswith(ancestors)
    assert web.get("/").headers["content-security-policy"].endswith("frame-ancestors 'none'")


# joining


def test_no_module_makes_markup_from_text() -> None:
    for path in WIDGET_FOLDER.glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text()), path


def test_each_module_is_joined_once_with_what_it_needs_first(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text(
        'import { b } from "./b.js";\nimport { c } from "./c.js";\nexport const a = b + c;\n'
    )
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\nexport const b = c;\n')
    (tmp_path / "c.js").write_text("export const c = 1;\n")
    assert bundle(tmp_path, "a.js") == "const c = 1;\n\nconst b = c;\n\nexport const a = b + c;\n"


@pytest.mark.parametrize("line", ['import x from "./x.js";', 'export * from "./x.js";', "export default 1;"])
def test_a_form_that_the_joiner_does_not_know_is_named_and_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.js").write_text(f"{line}\n")
    with pytest.raises(WidgetFileError, match=re.escape(line)):
        bundle(tmp_path, "a.js")


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\n')
    with pytest.raises(WidgetFileError, match=r"b\.js: cannot be read"):
        bundle(tmp_path, "a.js")


def test_two_modules_with_the_same_name_inside_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nconst ICONS = 1;\n')
    (tmp_path / "b.js").write_text("const ICONS = 2;\nexport const b = ICONS;\n")
    with pytest.raises(WidgetFileError, match=r"a\.js: ICONS is declared in b\.js too"):
        bundle(tmp_path, "a.js")


@pytest.mark.parametrize("source", ["nothing", "here and here"])
def test_a_place_that_is_not_there_once_is_refused(source: str) -> None:
    with pytest.raises(WidgetFileError, match="here once"):
        put_in(source, "here", "there", "a.js")


def test_a_program_is_made_small_without_changing_what_others_see_of_it() -> None:
    small = minify_js("/** why */\nexport class Chat { #long = 1; get words() { return this.#long; } }\n", "a.js")
    assert small == "export class Chat{#e=1;get words(){return this.#e}}"


def test_what_the_minifier_would_leave_out_is_refused() -> None:
    with pytest.raises(WidgetFileError, match=r"^a.js: the minifier would leave this out: void \(a && b\(\)\)"):
        minify_js("function f(a, b) { return void (a && b()); }", "a.js")


def test_a_program_that_cannot_be_read_is_refused_by_its_name() -> None:
    with pytest.raises(WidgetFileError, match=r"a\.js: unexpected ; in expression"):
        minify_js("const x = ;", "a.js")


def test_css_is_made_small_without_changing_it() -> None:
    source = (
        "/* why */\n.a .b:hover > p { color: red;\n  width: calc(1em + 2px); }\n@media (max-width: 30em) {a {top: 0}}"
    )
    small = ".a .b:hover > p{color:red;width:calc(1em + 2px)}@media (max-width: 30em){a{top:0}}"
    assert minify_css(source.replace("; }", ";\n}")) == small
