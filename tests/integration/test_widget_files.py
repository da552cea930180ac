"""The widget's files and the demo page as they go out."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake.settings import Settings
from knee_intake.web.widget_bundle import WidgetFileError, bundle, minify_css
from knee_intake.web.widget_files import WIDGET_FOLDER, load_files, widget_routes

FIRST_LOAD_BYTES = 20_480
PICTURE_BYTES = 10_240


def context(name: str = "43rd Street Medical", **settings: str) -> Any:
    practice = SimpleNamespace(
        name=SimpleNamespace(value=name),
        phone=SimpleNamespace(value="(212) 555-0143"),
        address=SimpleNamespace(value=None, is_usable=False),
        open_hours_text=lambda lang: "Mon to Fri, 9 AM to 5 PM",
    )
    environ = {f"KNEE_INTAKE_{key}": value for key, value in settings.items()}
    return SimpleNamespace(settings=Settings.from_environ(environ), clinic=SimpleNamespace(practice=practice))


def client(**options: str) -> TestClient:
    return TestClient(Starlette(routes=list(widget_routes(context(**options)))))


def zipped(name: str) -> int:
    return len(load_files()[name].zipped)


def test_the_whole_first_load_fits_into_20_kilobytes() -> None:
    assert zipped("knee-intake.js") + zipped("knee-intake.css") <= FIRST_LOAD_BYTES


def test_the_knee_picture_fits_into_another_ten() -> None:
    assert zipped("knee-map.js") + zipped("knee-map.css") <= PICTURE_BYTES


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("knee-intake.js", "text/javascript"), ("knee-map.js", "text/javascript"), ("knee-intake.css", "text/css")],
)
def test_files_go_out_compressed_and_come_back_the_same(name: str, media_type: str) -> None:
    response = client().get(f"/widget/{name}")
    assert response.status_code == 200
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.content == load_files()[name].body
    assert gzip.decompress(load_files()[name].zipped) == response.content


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0"])
def test_a_browser_that_takes_no_gzip_gets_none(accepted: str) -> None:
    response = client().get("/widget/knee-intake.js", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in response.headers
    assert response.content == load_files()["knee-intake.js"].body


def test_a_file_that_the_browser_has_is_not_sent_again() -> None:
    web = client()
    etag = web.get("/widget/knee-intake.css").headers["etag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}'):
        again = web.get("/widget/knee-intake.css", headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


def test_any_site_may_load_the_widget_where_no_origins_are_set() -> None:
    headers = client().get("/widget/knee-intake.js", headers={"Origin": "https://clinic.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


def test_only_listed_sites_may_load_it_where_origins_are_set() -> None:
    web = client(ALLOWED_ORIGINS="https://clinic.example")
    listed = web.get("/widget/knee-intake.js", headers={"Origin": "https://clinic.example"}).headers
    other = web.get("/widget/knee-intake.js", headers={"Origin": "https://other.example"}).headers
    assert listed["access-control-allow-origin"] == "https://clinic.example"
    assert "access-control-allow-origin" not in other
    assert listed["vary"] == other["vary"] == "Accept-Encoding, Origin"


@pytest.mark.parametrize("name", ["nothing.js", "panel.js", "../knee_intake/settings.py", "demo/index.html", ""])
def test_nothing_else_is_served(name: str) -> None:
    response = client().get(f"/widget/{name}")
    assert response.status_code == 404


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


def test_facts_of_the_clinic_cannot_become_markup() -> None:
    routes = widget_routes(context(name='<img src=x onerror="alert(1)">'))
    page = TestClient(Starlette(routes=list(routes))).get("/").text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in page


def test_a_live_clinic_serves_the_widget_but_no_demo_page() -> None:
    web = client(LIVE="yes")
    assert web.get("/").status_code == 404
    response = web.get("/widget/knee-intake.js", headers={"Origin": "https://clinic.example"})
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


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


def test_css_is_made_small_without_changing_it() -> None:
    source = (
        "/* why */\n.a .b:hover > p { color: red;\n  width: calc(1em + 2px); }\n@media (max-width: 30em) {a {top: 0}}"
    )
    small = ".a .b:hover > p{color:red;width:calc(1em + 2px)}@media (max-width: 30em){a{top:0}}"
    assert minify_css(source.replace("; }", ";\n}")) == small
