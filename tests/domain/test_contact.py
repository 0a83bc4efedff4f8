"""Names, addresses and numbers: normalised, refused in words that don't repeat them, masked."""

from __future__ import annotations

import pytest

from geoapp.domain import contact
from geoapp.domain.contact import Contact


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("siti@example.org", "siti@example.org"),
        ("  Siti.R@Example.ORG ", "Siti.R@example.org"),
        ("siti+lapor@sub.example.co.id", "siti+lapor@sub.example.co.id"),
        ("siti@example.org.", "siti@example.org"),
        # RFC 3492, 7.1: "bücher" is xn--bcher-kva
        ("siti@BÜCHER.example", "siti@xn--bcher-kva.example"),
        # e + combining acute is é
        ("e\u0301@example.org", "\u00e9@example.org"),
        ("", None),
        ("   ", None),
    ],
)
def test_an_address_is_normalised(written, normal):
    assert contact.email(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "siti", "@example.org", "siti@", "siti@example", "siti@@example.org", "a@b@c.org",
        "siti@exa mple.org", "si ti@example.org", "siti@-example.org", "siti@example-.org",
        "siti@127.0.0.1", "siti@[127.0.0.1]", ".siti@example.org", "siti.@example.org",
        "si..ti@example.org", "siti@example..org", "siti,budi@example.org", "siti@a_.org",
        "a" * 65 + "@example.org", "siti@" + "a" * 64 + ".org",
        "siti@" + ".".join(["a" * 60] * 5) + ".org",
        "siti@example.org\nBcc: all@example.org", "siti\x00@example.org", "si\u200bti@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_being_repeated(written):
    with pytest.raises(ValueError, match=r"\S") as refused:
        contact.email(written)
    said = str(refused.value).replace("name@example.com", "")
    assert written not in said
    assert "siti" not in said
    assert "example" not in said


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("0812 3456 7890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("(0741) 123456", "+62741123456"),
        ("00 65 6123 4567", "+6561234567"),
        ("+1 202 555 0143", "+12025550143"),
        ("\uff10\uff18\uff11\uff12 3456 7890", "+6281234567890"),  # full-width digits
        ("", None),
    ],
)
def test_a_number_gets_its_countrys_code(written, normal):
    assert contact.phone(written) == normal


@pytest.mark.parametrize(
    "written",
    ["112", "0812", "0812 CALL", "+62 812 3456 7890 1234", "+0812345678", "1+2345678",
     "++62812345678", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "0812345678;rm"],
)  # fmt: skip
def test_what_is_no_number_is_refused(written):
    with pytest.raises(ValueError, match=r"\S") as refused:
        contact.phone(written)
    assert written not in str(refused.value)


def test_a_name_is_one_line():
    assert contact.name("Siti  Rahma") == "Siti Rahma"
    assert contact.name("M\u00fcller-O'Brien") == "M\u00fcller-O'Brien"
    assert contact.name("  ") is None
    for bad in ("Si\u202eti", "Si\nti", "S" * 101):
        with pytest.raises(ValueError, match=r"\S"):
            contact.name(bad)


def test_masked_leaves_too_little_to_write_or_call():
    shown = Contact(name="Siti", email="siti.rahma@example.co.id", phone="+6281234567890").masked()
    assert shown == Contact(name="Siti", email="s•••@e•••.id", phone="+62•••890")


def test_its_text_shows_nothing():
    whole = Contact(name="Siti", email="siti@example.org", phone="+6281234567890")
    for text in (repr(whole), str(whole), f"{whole}"):
        assert text == "<Contact with name, email, phone>"


def test_a_change_keeps_what_it_does_not_name():
    before = Contact(name="Siti", email="siti@example.org")
    assert before.changed({"phone": "+6281234567890"}).email == "siti@example.org"
    assert before.changed({"email": None}) == Contact(name="Siti")
    assert not before.changed({"email": None, "name": None})
