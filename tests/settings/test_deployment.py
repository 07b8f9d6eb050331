"""The environment as settings: what is accepted, and what a mistake is answered with."""

import os
import re
from pathlib import Path

import pytest

from caseflow.settings import paths
from caseflow.settings.deployment import PREFIX, Deployment, SettingsError, deployment, unknown_variables


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    "given", ["postgres://u:p@db.example/x", "postgresql://u:p@db.example/x", "postgresql+psycopg://u:p@db.example/x"]
)
def test_every_spelling_of_a_database_url_names_our_driver(monkeypatch, given):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", given)
    assert deployment().database_url == "postgresql+psycopg://u:p@db.example/x"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "sqlite:///x.db", "CASEFLOW_DATABASE_URL must begin with postgresql://"),
        ("DATABASE_URL", "db.example", "CASEFLOW_DATABASE_URL must begin with postgresql://"),
        ("BROKER_URL", "sqs://b.example", "CASEFLOW_BROKER_URL must begin with redis://"),
        ("ENVIRONMENT", "prod", "CASEFLOW_ENVIRONMENT Input should be 'development', 'test' or 'production'"),
        ("BATCH", "0", "CASEFLOW_BATCH Input should be greater than or equal to 1"),
        ("SENDER", "smtp", "CASEFLOW_SMTP_FROM must say"),
        ("PUBLIC_URL", "pages.example", "CASEFLOW_PUBLIC_URL must be https:// and a host name"),
        ("PUBLIC_URL", "https://pages.example/x y", "CASEFLOW_PUBLIC_URL must be https:// and a host name"),
    ],
)
def test_a_mistake_is_answered_with_the_variable_and_what_to_write(monkeypatch, name, value, words):
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=re.escape(words)):
        deployment()


def test_a_refused_setting_never_repeats_its_secret(monkeypatch):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", "mysql://u:hunter2@db.example/x")
    with pytest.raises(SettingsError) as refusal:
        deployment()
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_passwords_do_not_show_in_a_repr():
    settings = deployment(database_url="postgresql://u:hunter2@db.example/x", broker_url="redis://:hunter2@b.example/0")
    assert "hunter2" not in repr(settings)


def test_an_empty_variable_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", "")
    monkeypatch.setenv("CASEFLOW_OUTBOX_DIR", "")
    assert deployment().database_url is None
    assert deployment().outbox == deployment().data_dir / "outbox"


def test_links_are_https_in_production(monkeypatch):
    assert deployment(public_url="https://pages.example/").public_url == "https://pages.example"
    assert deployment(public_url="http://127.0.0.1:8080").public_url
    monkeypatch.setenv("CASEFLOW_PUBLIC_URL", "http://pages.example")
    with pytest.raises(SettingsError, match="CASEFLOW_PUBLIC_URL must begin with https:// in production"):
        deployment(environment="production", database_url="postgresql://db.example/x")


def test_folders_are_meant_from_where_caseflow_is_started(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert deployment().data_dir == tmp_path / ".caseflow"


def test_secrets_may_come_as_files(monkeypatch, tmp_path):
    (tmp_path / "caseflow_broker_url").write_text("redis://:s@b.example/0\n")
    monkeypatch.setenv("CASEFLOW_SECRETS_DIR", str(tmp_path))
    assert deployment().broker_url == "redis://:s@b.example/0"


def test_a_missing_secrets_folder_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("CASEFLOW_SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="not a folder"):
        deployment()


def test_an_override_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("CASEFLOW_BATCH", "100")
    assert deployment(batch=7).batch == 7


def test_misspelt_variables_are_found_with_a_guess():
    environ = {"CASEFLOW_DATABSE_URL": "x", "CASEFLOW_BATCH": "5", "HOME": "/"}
    assert unknown_variables(environ) == [
        "CASEFLOW_DATABSE_URL is not a setting of caseflow; did you mean CASEFLOW_DATABASE_URL?"
    ]


def test_the_example_file_shows_every_setting_with_its_default(monkeypatch):
    text = (paths.config_dir() / "caseflow.example.env").read_text()
    shown = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"CASEFLOW_\w+=", line))
    assert set(shown) == {PREFIX + name.upper() for name in Deployment.model_fields}
    for name, value in shown.items():
        monkeypatch.setenv(name, value)
    assert deployment() == Deployment.model_construct().model_copy(update={"data_dir": Path(".caseflow").absolute()})


def test_templates_and_configuration_are_found_from_a_checkout():
    assert paths.templates_dir().is_dir()
    assert (paths.config_dir() / "caseflow.example.env").is_file()
