"""Feature views by clicks; what their definitions and rows say stays text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter
from tests.ui.payloads import PAYLOADS, count_hits, hits
from tests.ui.workbench import front, make_notebook, open_lab, open_sidebar, section, tab


def apply_views(folder: Path) -> None:
    """Two views; descriptions, tags, categories and column names of one want to be script."""
    from feast import Entity, FeatureView, Field, FileSource, ValueType
    from feast.types import Float64, String

    from labwright.features import api

    rows = pd.DataFrame(
        {
            "origin": ["JFK", "LGA"] * len(PAYLOADS),
            "time": pd.date_range("2013-01-01", periods=2 * len(PAYLOADS), freq="h", tz="UTC"),
            "temp": [20.5] * (2 * len(PAYLOADS)),
            "note": PAYLOADS * 2,
            "<img src=x onerror=top.hit()>": 1.0,
        }
    )
    rows.to_parquet(folder / "weather.parquet")
    origin = Entity(name="origin", join_keys=["origin"], value_type=ValueType.STRING)
    source = FileSource(name="rows", path=str(folder / "weather.parquet"), timestamp_field="time")
    api.apply(
        [
            origin,
            FeatureView(
                name="weather",
                entities=[origin],
                ttl=timedelta(hours=6),
                schema=[
                    Field(name="temp", dtype=Float64, description=PAYLOADS[1]),
                    Field(name="note", dtype=String, description=" ".join(PAYLOADS)),
                ],
                source=source,
                description=PAYLOADS[3],
                tags={f"tag{place}": payload for place, payload in enumerate(PAYLOADS)},
            ),
            FeatureView(name="plain", entities=[origin], schema=[Field(name="temp", dtype=Float64)], source=source),
        ]
    )


def test_feature_views_are_shown_as_text(
    page: Page, lab: Jupyter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, errors: list[str]
) -> None:
    monkeypatch.setenv("LABWRIGHT_HOME", str(lab.home))
    count_hits(page)
    make_notebook(lab.root, "%load_ext labwright")
    open_lab(page, lab, "/tree/cells.ipynb")
    open_sidebar(page)
    features = section(page, "features")
    expect(features).to_contain_text("No feature views yet", timeout=60_000)
    features.get_by_role("button", name="Copy as cell: apply a first view").click()
    expect(page.locator(".jp-Notebook .jp-mod-active")).to_contain_text("lw.features.apply([origin, weather])")

    apply_views(tmp_path)
    features.get_by_role("button", name="weather 2 features · by origin").click(timeout=60_000)
    view = front(page)
    expect(view.get_by_role("table")).to_have_count(2, timeout=60_000)
    expect(view).to_contain_text("6 hours")
    expect(view).to_contain_text(str(tmp_path / "weather.parquet"))
    definition, first_rows = view.get_by_role("table").all()
    expect(definition).to_contain_text("Float64")
    expect(definition).to_contain_text(PAYLOADS[1])
    expect(first_rows.get_by_role("columnheader", name="<img src=x onerror=top.hit()>")).to_be_visible()
    expect(first_rows).to_contain_text(PAYLOADS[0])
    view.get_by_role("button", name="Copy as cell: join").click()
    tab(page, "cells.ipynb").click()
    expect(page.locator(".jp-Notebook .jp-mod-active")).to_contain_text(
        "%features join labels --views weather -o train"
    )

    tab(page, "weather").click()
    page.reload()
    expect(front(page).get_by_role("heading", name="weather", exact=True)).to_be_visible(timeout=60_000)
    assert hits(page) == 0
    assert errors == []
