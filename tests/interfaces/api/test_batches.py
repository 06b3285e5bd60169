"""Many links at once: in order, all or none, from JSON or from a table."""

from __future__ import annotations

from typing import Any

from bookonce.domain.links.models import Batch, Link
from tests.interfaces.api.conftest import Program, pointers


def test_links_come_back_in_order(program: Program) -> None:
    people: list[dict[str, Any]] = [{"name": f"Guest {number}"} for number in range(30)]
    people[3] |= {"email": "gil@example.net", "label": "own", "metadata": {"row": 3}}
    body = {"calendar": "intro-call", "label": "Spring", "recipients": people, "metadata": {"all": True}}
    answer = program.post("/links/batch", body)
    assert answer.status_code == 201, answer.content
    links = answer.json()["data"]
    assert [link["recipient"]["name"] for link in links] == [one["name"] for one in people]
    assert (links[3]["label"], links[3]["metadata"]) == ("own", {"row": 3})
    assert (links[4]["label"], links[4]["metadata"]) == ("Spring", {"all": True})
    assert len({link["url"] for link in links}) == 30
    assert len({link["batch"] for link in links}) == 1
    assert Program().get(f"/public/links/{links[7]['url'].rsplit('/', 1)[1]}").status_code == 200


def test_a_table_is_a_batch_too(program: Program) -> None:
    table = '\ufeffname,email,label\r\n"Guest, Gil",gil@example.net,A\r\nAna,,\r\n'.encode()
    answer = program.post(
        "/links/batch?calendar=intro-call&label=B&minutes=45", table, Content_Type="text/csv"
    )
    assert answer.status_code == 201, answer.content
    links = answer.json()["data"]
    assert [(one["recipient"]["name"], one["label"], one["minutes"]) for one in links] == [
        ("Guest, Gil", "A", 45),
        ("Ana", "B", 45),
    ]


def test_one_wrong_row_and_nothing_is_minted(program: Program) -> None:
    people = [{"name": "Gil"}, {"email": "nobody"}]
    body = {"calendar": "intro-call", "recipients": people}
    assert pointers(program.post("/links/batch", body)) == ["/recipients/1/email"]
    table = b"name,email\nGil,gil@example.net\nAna,nobody\n"
    answer = program.post("/links/batch?calendar=intro-call", table, Content_Type="text/csv")
    assert pointers(answer) == ["/recipients/1/email"]
    for wrong in (
        b"",
        b"name\n",
        b"colour\nred\n",
        b"name,name\na,b\n",
        b"name\na,b\n",
        b'name\n"a',
        b"\xff\xfe",
    ):
        answer = program.post("/links/batch?calendar=intro-call", wrong, Content_Type="text/csv")
        assert answer.status_code == 422, wrong
    for query, at in (
        ("x=1", "/x"),
        ("a/b~c=1", "/a~1b~0c"),
        ("label=a&label=b", "/label"),
        ("minutes=%C2%B2", "/minutes"),
        ("label=%00", ""),
    ):
        asked = f"/links/batch?calendar=intro-call&{query}"
        assert pointers(program.post(asked, b"name\nGil\n", Content_Type="text/csv")) == [at], query
    assert pointers(program.post("/links/batch", body | {"recipients": []})) == ["/recipients"]
    assert pointers(program.post("/links/batch", body | {"recipients": [{}] * 10_001})) == ["/recipients"]
    assert (Link.objects.count(), Batch.objects.count()) == (0, 0)
