"""What a city's simulated complaints are made of: shares, rain, words; data, not code.

A city's folder may hold ``simulation.json`` (format: boundaries/README.md). Without one
every service is as frequent as the other and speaks by its own name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geoapp import resources
from geoapp.domain.catalogue import Catalogue, City
from geoapp.errors import CatalogueError, FieldProblem

Rhythm = Literal["steady", "wear", "runoff", "flood", "storm", "dry"]
"""What a service's complaints follow: nothing, weeks of rain, the day's rain, heavy rain,
wind, or the lack of rain."""

BLANKS = {"n": 3, "m": 40, "c": 30, "rt": 7}
"""Numbers that texts may leave blank: a few, metres, centimetres, a neighbourhood unit."""

Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MonthOfRain(_Strict):
    """A month of the two-state rain chain; *mean_mm* is the mean of a rainy day."""

    month: Annotated[int, Field(ge=1, le=12)]
    after_dry: Share
    after_wet: Share
    mean_mm: Annotated[float, Field(gt=0)]


class ServiceRecipe(_Strict):
    """How often a service is complained about, when, and in what words."""

    code: str
    share: Annotated[float, Field(gt=0)]
    rhythm: Rhythm = "steady"
    recurring: Share = 0.0
    """Share of complaints that come from a few places again and again."""
    hours: Literal["any", "day", "night"] = "any"
    texts: Annotated[tuple[str, ...], Field(min_length=1)]


class PlantedRecipe(_Strict):
    """A hotspot put there on purpose, so that finding it can be checked."""

    service: str
    area: str
    radius_m: Annotated[float, Field(gt=0, le=5000)]
    days: Annotated[int, Field(ge=1, le=60)]
    count: Annotated[int, Field(ge=1)]


class DefaultPointRecipe(_Strict):
    """A coordinate that stands for "unknown", as geocoders give."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    share: Share


class Recipe(_Strict):
    """``simulation.json``."""

    format: Literal["geoapp-simulation/1"]
    about: str = ""
    rate_per_day: Annotated[float, Field(gt=0)] = 13.5
    rain: tuple[MonthOfRain, ...] = ()
    flood_prone_parents: tuple[str, ...] = ()
    planted: PlantedRecipe | None = None
    default_point: DefaultPointRecipe | None = None
    landmarks: tuple[str, ...] = ()
    openings: tuple[str, ...] = ("",)
    closings: tuple[str, ...] = ("",)
    services: Annotated[tuple[ServiceRecipe, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _texts_can_be_filled(self) -> Recipe:
        texts = [text for service in self.services for text in service.texts]
        for text in (*texts, *self.landmarks, *self.openings, *self.closings):
            try:
                text.format_map(BLANKS)
            except (KeyError, ValueError, IndexError):
                raise ValueError(
                    f"{text!r}: only {{n}}, {{m}}, {{c}}, {{rt}} may stand open"
                ) from None
        if self.rain and {month.month for month in self.rain} != set(range(1, 13)):
            raise ValueError("rain: give twelve months or none")
        return self


def recipe_of(city: City, catalogue: Catalogue) -> Recipe:
    """The city's own recipe, or the plain one made of its catalogue.

    Raises:
        CatalogueError: the file is malformed or names services the city doesn't have.
    """
    path = resources.path("boundaries") / city.slug / "simulation.json"
    if not path.is_file():
        return Recipe(
            format="geoapp-simulation/1",
            services=tuple(
                ServiceRecipe(code=code, share=1.0, texts=(_plain(service.name.local),))
                for code, service in catalogue.services.items()
            ),
        )
    recipe = _read(path)
    named = [service.code for service in recipe.services]
    named += [recipe.planted.service] if recipe.planted else []
    unknown = [
        FieldProblem(f"simulation.json:{code}", "names no service we know", code)
        for code in named
        if code not in catalogue.services
    ]
    if unknown:
        raise CatalogueError(
            f"{path} names services that {city.name.local} doesn't have: "
            + ", ".join(str(problem.value) for problem in unknown[:5]),
            "Correct the file, or load the catalogue it was made for.",
            unknown,
        )
    return recipe


def _plain(name: str) -> str:
    return name.replace("{", "(").replace("}", ")")


def _read(path: Path) -> Recipe:
    try:
        return Recipe.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, json.JSONDecodeError) as problem:
        raise CatalogueError(
            f"{path} isn't JSON in UTF-8: {problem}.", "Correct the file."
        ) from None
    except ValidationError as problem:
        faults = [
            FieldProblem(".".join(map(str, fault["loc"])), fault["msg"], fault["input"])
            for fault in problem.errors(include_url=False)
        ]
        raise CatalogueError(
            f"{path}: " + "; ".join(f"{fault.field} {fault.message}" for fault in faults[:5]),
            "boundaries/README.md describes the format.",
            faults,
        ) from None
