"""The broker's address, taken apart: what each kind needs, and what is refused in which words."""

import ssl

import pytest

from caseflow.settings.broker import read_broker


def test_redis_is_taken_as_it_is():
    broker = read_broker("redis://:p@b.example:6379/3")
    assert (broker.kind, broker.url, broker.tls, broker.queue_arguments) == (
        "redis",
        "redis://:p@b.example:6379/3",
        None,
        None,
    )


@pytest.mark.parametrize("ca", ["", "?ssl_ca_certs=/run/secrets/ca.pem"])
def test_redis_with_tls_always_checks_the_certificate_and_the_name(ca):
    said = read_broker(f"rediss://:p@b.example/0{ca}").celery()["broker_use_ssl"]
    assert said["ssl_cert_reqs"] == ssl.CERT_REQUIRED
    assert said["ssl_check_hostname"] is True
    if ca:
        assert said["ssl_ca_certs"] == "/run/secrets/ca.pem"


def test_each_sentinel_becomes_an_address_of_kombus_own_and_the_master_an_option():
    broker = read_broker("sentinel://u:p@a.example:26379,b.example:26380/2?master_name=caseflow&sentinel_password=s")
    assert broker.url == "sentinel://u:p@a.example:26379/2;sentinel://u:p@b.example:26380/2"
    assert broker.celery(max_retries=1)["broker_transport_options"] == {
        "max_retries": 1,
        "master_name": "caseflow",
        "sentinel_kwargs": {"password": "s"},
    }


def test_rabbitmq_bounds_its_queues_and_with_tls_checks_the_name_in_the_address():
    assert read_broker("amqp://u:p@b.example/caseflow").queue_arguments == {"x-max-length": 100}
    said = read_broker("amqps://u:p@b.example/caseflow?ssl_ca_certs=ca.pem").celery()["broker_use_ssl"]
    assert said == {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": "ca.pem", "server_hostname": None}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("sqs://", r"must begin with redis:// or rediss:// .* or amqps:// \(RabbitMQ\)"),
        ("b.example:6379", "must begin with"),
        ("sentinel://:hunter2@a.example:26379/0", r"names no master: end it with \?master_name=NAME"),
        (
            "rediss://:hunter2@b.example/0?ssl_cert_reqs=none",
            "has ssl_cert_reqs behind the question mark; a rediss:// address may have ssl_ca_certs",
        ),
    ],
)
def test_an_address_we_cannot_use_is_refused_in_words_without_its_password(given, words):
    with pytest.raises(ValueError, match=words) as refusal:
        read_broker(given)
    assert "hunter2" not in str(refusal.value)
