"""The inbox: real SMTP in, JSON out, bounded, awaited without polling."""

from __future__ import annotations

import http.client
import json
import smtplib
import threading
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from labkit.cloud.inbox import read_mail


def page(cloud: str, query: str = "", method: str = "GET") -> list[dict[str, object]] | None:
    """What the inbox's page answers."""
    request = urllib.request.Request(f"{cloud}/_lab/inbox{query}", method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        content = answer.read()
    return json.loads(content) if content else None


def send(cloud: str, subject: str, text: str, to: str = "ada@example.com") -> None:
    """Send a mail as any program would."""
    with urllib.request.urlopen(f"{cloud}/_lab/health") as answer:
        host, port = json.load(answer)["smtp"].split(":")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bob@example.com", to, subject
    mail.set_content(text)
    with smtplib.SMTP(host, int(port)) as server:
        server.send_message(mail)


@pytest.mark.fidelity(
    "The local cloud",
    "Mails wait in `/_lab/inbox`, parsed, until they are deleted.",
    differs="AWS has mailboxes of real people.",
)
def test_a_mail_is_read_into_its_parts():
    """Encoded words, bodies and links come out as text; recipients are the envelope's."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Bob <bob@example.com>", "Café"
    mail.set_content("See https://example.com/a?b=1&c=2 and <http://127.0.0.1/d>.\n")
    read = read_mail(mail.as_bytes(), ["ada@example.com"])
    assert read["from"] == "Bob <bob@example.com>"
    assert read["subject"] == "Café"
    assert read["to"] == ["ada@example.com"]
    assert read["links"] == ["https://example.com/a?b=1&c=2", "http://127.0.0.1/d"]
    assert read["headers"]["Subject"] == "Café"


@pytest.mark.parametrize("content", [b"", b"no headers at all", b"Subject: \xff\xfe\r\n\r\n\xff"])
def test_a_malformed_mail_is_still_read(content: bytes):
    """What is no proper mail does not stop the inbox."""
    assert isinstance(read_mail(content, [])["text"], str)


def test_mails_come_over_smtp_and_show_as_json(cloud: str):
    """What any SMTP client sends is listed, numbered from 1, until it is deleted."""
    page(cloud, method="DELETE")
    send(cloud, "First", "Hello £\n")
    send(cloud, "Second", "World\n")
    mails = page(cloud)
    assert [(each["id"], each["subject"]) for each in mails] == [(1, "First"), (2, "Second")]
    assert mails[0]["text"] == "Hello £\n"
    assert isinstance(mails[0]["received"], float)
    assert [each["subject"] for each in page(cloud, "?after=1")] == ["Second"]
    page(cloud, method="DELETE")
    assert page(cloud) == []


def test_a_reader_waits_for_the_next_mail(cloud: str):
    """A long poll returns as soon as a mail comes, and empty when none does."""
    page(cloud, method="DELETE")
    assert page(cloud, "?wait=0.05") == []
    sender = threading.Timer(0.1, send, [cloud, "Late", "text"])
    sender.start()
    (mail,) = page(cloud, "?after=0&wait=20")
    assert mail["subject"] == "Late"
    sender.join()


@pytest.mark.parametrize("query", ["?after=x", "?wait=-1", "?wait=nan", "?after=-1", "?wait=1e9"])
def test_a_malformed_question_is_refused(cloud: str, query: str):
    """Numbers that are none get 400 and a reason."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        page(cloud, query)
    with caught.value as error:
        assert error.code == 400
        assert "'after' is" in json.load(error)["message"]


def test_each_address_has_a_box_of_its_own(cloud: str):
    """Numbered by themselves, and emptied by themselves; the whole inbox has all of them."""
    page(cloud, method="DELETE")
    for number, to in enumerate(("ada@example.com", "bob+s01@example.com", "ada@example.com")):
        send(cloud, f"{number}", "text", to)
    bob = "?to=bob%2Bs01%40example.com"
    assert [(mail["id"], mail["subject"]) for mail in page(cloud, bob)] == [(1, "1")]
    assert [mail["subject"] for mail in page(cloud, "?to=ada@example.com&after=1")] == ["2"]
    page(cloud, bob, method="DELETE")
    assert page(cloud, bob) == page(cloud, "?to=nobody@example.com") == []
    assert len(page(cloud)) == 3
    page(cloud, method="DELETE")
    assert page(cloud, "?to=ada@example.com") == []


def test_a_web_page_posts_no_mail(cloud: str):
    """What a browser sends before a form's text ends the connection."""
    with urllib.request.urlopen(f"{cloud}/_lab/health") as answer:
        host, port = json.load(answer)["smtp"].split(":")
    before = page(cloud)
    mail = (
        "MAIL FROM:<a@example.com>\r\nRCPT TO:<forged@example.com>\r\nDATA\r\n\r\nforged\r\n.\r\n"
    )
    form = urllib.request.Request(f"http://{host}:{port}/", mail.encode(), method="POST")
    form.add_header("Content-Type", "text/plain")
    form.add_header("Origin", "http://evil.example")
    with pytest.raises((http.client.HTTPException, OSError)):
        urllib.request.urlopen(form, timeout=10)
    assert page(cloud) == before
