"""`users …`: who may log in to the pages and the API."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from app.options import json_option, open_matter, workspace_option
from app.output import message, print_json, print_table, say, word
from pipeline import people


@click.group("users")
def users_command() -> None:
    """Who may log in to the pages and the API: add, list, change, remove, password, token.

    Example: claimtrail users add mei --role handler --claim CLM-001
    """


@users_command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(people.ROLES), default="viewer", show_default=True)
@click.option(
    "--claim", "claims", multiple=True, help="Sees only this claim (may be repeated); default: all."
)
@click.option("--no-password", is_flag=True, help="Gets in by tokens only.")
@workspace_option
@json_option
def users_add(
    name: str, role: str, claims: tuple[str, ...], no_password: bool, workspace: Path, as_json: bool
) -> None:
    """Add a user. The password is asked for; without a terminal it is the first line of stdin.

    Example: claimtrail users add mei --role handler --claim CLM-001
    """
    with open_matter(workspace) as matter:
        user = people.add(matter, name, role, None if no_password else _password(), claims)
    _print(user, as_json)


@users_command.command("list")
@workspace_option
@json_option
def users_list(workspace: Path, as_json: bool) -> None:
    """All users.

    Example: claimtrail users list
    """
    with open_matter(workspace) as matter:
        found = people.listed(matter)
    if as_json:
        print_json(found)
        return
    rows = [
        (u["name"], u["role"], ", ".join(u["claims"] or ["*"]), ", ".join(u["tokens"]), u["made"])
        for u in found
    ]
    print_table(["name", "role", "claims", "tokens", "made"], rows)


@users_command.command("change")
@click.argument("name")
@click.option("--role", type=click.Choice(people.ROLES))
@click.option("--claim", "claims", multiple=True, help="Sees only this claim from now on (may be repeated).")
@click.option("--all-claims", is_flag=True, help="Sees all claims from now on.")
@workspace_option
@json_option
def users_change(
    name: str, role: str | None, claims: tuple[str, ...], all_claims: bool, workspace: Path, as_json: bool
) -> None:
    """Change a user's role or claims; it holds from their next request on.

    Example: claimtrail users change mei --role viewer --all-claims
    """
    wanted = claims if claims or all_claims else None
    with open_matter(workspace) as matter:
        user = people.change_user(matter, name, role, wanted)
    _print(user, as_json)


@users_command.command("remove")
@click.argument("name")
@workspace_option
@json_option
def users_remove(name: str, workspace: Path, as_json: bool) -> None:
    """Remove a user; sessions and tokens end at once.

    Example: claimtrail users remove mei
    """
    with open_matter(workspace) as matter:
        user = people.remove(matter, name)
    _print(user, as_json)


@users_command.command("password")
@click.argument("name")
@workspace_option
@json_option
def users_password(name: str, workspace: Path, as_json: bool) -> None:
    """Give a user a new password; their sessions end at once.

    Example: claimtrail users password mei
    """
    with open_matter(workspace) as matter:
        user = people.set_password(matter, name, _password())
    _print(user, as_json)


@users_command.command("token")
@click.argument("name")
@click.option("--label", default="api", show_default=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="Until when it holds; default: until withdrawn.")
@click.option("--withdraw", is_flag=True, help="Withdraw the user's tokens of this label.")
@workspace_option
@json_option
def users_token(
    name: str, label: str, days: int | None, withdraw: bool, workspace: Path, as_json: bool
) -> None:
    """Make a token for a program of the user: it is shown this once, and kept as a hash.

    Example: claimtrail users token mei --label backup --days 90
    """
    with open_matter(workspace) as matter:
        if withdraw:
            answer: dict[str, Any] = {
                "name": name,
                "label": label,
                "withdrawn": people.withdraw_token(matter, name, label),
            }
        else:
            answer = {"name": name, "label": label, "token": people.new_token(matter, name, label, days)}
    if as_json:
        print_json(answer)
    else:
        say(str(answer.get("token") or answer["withdrawn"]))


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt(word("password"), hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _print(user: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(user)
    else:
        message(f"{user['name']}: {user['role']}, {', '.join(user['claims'] or ['*'])}")
