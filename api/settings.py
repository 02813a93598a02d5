"""Settings: from options, else from the environment (`MEMCUBES_…`), else a default that works."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_db() -> str:
    return str(Path(user_data_path("memcubes")) / "memories.db")


def _default_user() -> str:
    try:
        return f"local:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return "local:owner"


class Settings(BaseSettings):
    """What every way in needs to know.

    >>> Settings(db="notes.db").namespace
    'default'
    """

    model_config = SettingsConfigDict(env_prefix="MEMCUBES_", extra="ignore")

    db: str = Field(default_factory=_default_db, description="where memories are kept", repr=False)
    namespace: str = Field(default="default", description="which memories")
    user: str = Field(default_factory=_default_user, description="on whose behalf")
    encoder: str = Field(default="use", description="the encoder of namespaces made from now on")
    exact_vectors: int = Field(
        default=100_000, ge=0, description="vectors up to which a search compares all of them"
    )
    model: str = Field(default="smollm2", description="the language model for prose")
    engine_url: str = Field(
        default="", description="where a server carries prompts out, as http://HOST:PORT/v1"
    )
    engine_model: str = Field(default="", description="which model that is; else the model's name")
    engine_key: SecretStr = Field(default=SecretStr(""), description="the key of its server")
    engine_dialect: Literal["openai", "vllm"] = Field(
        default="openai", description="what the server calls the salt of its caches"
    )
    keep_after: int = Field(
        default=3,
        ge=1,
        description="readings after which a prompt's beginning is kept as a KV cache",
    )
    approximate: bool = Field(
        default=False,
        description="compose caches of single cubes where the exact one is not there yet",
    )
    activation_memory: int = Field(
        default=512, ge=0, description="megabytes of KV caches in this process, for each namespace"
    )
    activation_disk: int = Field(
        default=2_048,
        ge=0,
        description="megabytes of KV caches beside the store, for each namespace",
    )
    extractor: Literal["rules", "model"] = Field(
        default="rules", description="what reads passages: rules, or a language model"
    )
    extractor_url: str = Field(
        default="", description="where that model is, as http://HOST:PORT/v1; else on this machine"
    )
    extractor_model: str = Field(default="", description="which model that is")
    extractor_key: SecretStr = Field(default=SecretStr(""), description="the key of its server")
    processes: int = Field(
        default=0, ge=0, description="processes that run models in an ingest; 0: one for each core"
    )
    reading_seconds: int = Field(
        default=60, ge=0, description="seconds in which a file is read, per 4 MB; 0: without an end"
    )
    reading_megabytes: int = Field(
        default=4_000, ge=500, description="megabytes that reading a file may take"
    )
    pushdown: bool = Field(
        default=False, description="search by Neo4j's own indexes: for graphs larger than memory"
    )
    gds: bool = Field(
        default=True,
        description="let Neo4j's graph data science library walk then, where the server has it",
    )
    policy: Path | None = Field(default=None, description="a TOML file of retention policies")
