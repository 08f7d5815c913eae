"""An app in Chromium without a notebook: the page asks, this process answers, as a host does."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from fakes.chromium import SLOW
from fakes.jupyter_page import WAIT_MS, AppInPage
from nova_explore.widgets import App
from nova_explore.widgets.work import Work

SLOW_ANSWER_S = 0.2
"""How long Python thinks about each question where pages are slowed down."""

PAGE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 8px; font-family: system-ui, sans-serif; background: var(--jp-layout-color0); }
body[data-jp-theme-light="true"] { --jp-layout-color0: #fff; --jp-ui-font-color0: rgba(0,0,0,.95);
  --jp-brand-color1: #1976d2; --jp-error-color1: #d32f2f; }
body[data-jp-theme-light="false"] { --jp-layout-color0: #111; --jp-ui-font-color0: rgba(255,255,255,.95);
  --jp-brand-color1: #42a5f5; --jp-error-color1: #ef5350; color-scheme: dark; }
</style><body data-jp-theme-light="true"><div id="here"></div>"""

HOST = """async ([script, style, state]) => {
  const decode = (value) => value && value.bytes !== undefined
    ? new DataView(Uint8Array.from(atob(value.bytes), (c) => c.charCodeAt(0)).buffer) : value;
  const encode = (buffer) => {
    let text = "";
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const values = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, decode(value)]));
  const calls = new Map();
  const fire = (event, ...told) => { for (const call of [...(calls.get(event) ?? [])]) call(...told); };
  const apply = (heard) => {
    for (const one of heard) {
      if (one.state) {
        for (const [name, value] of Object.entries(one.state)) values[name] = decode(value);
        for (const name of Object.keys(one.state)) fire("change:" + name);
      } else fire("msg:custom", one.content, one.buffers.map((data) => decode({ bytes: data })));
    }
  };
  window.heard = apply;
  const model = {
    get: (name) => values[name], set() {}, save_changes() {},
    send: (content, _, buffers) => {
      window.sent.push(content.ask);
      window.unanswered += 1;
      window.toPython(JSON.stringify(content), (buffers ?? []).map(encode)).then((text) => {
        window.unanswered -= 1;
        apply(JSON.parse(text));
      });
    },
    on: (event, call) => calls.set(event, [...(calls.get(event) ?? []), call]),
    off: (event, call) => calls.set(event, (calls.get(event) ?? []).filter((other) => other !== call)),
  };
  // The host's own model: it knows whether Python is still there.
  window.host = { comm_live: true, get_state: () => ({ ...values }) };
  model.widget_manager = { get_model: async () => window.host };
  window.sent = [];
  window.unanswered = 0;
  const sheet = document.createElement("style");
  sheet.textContent = style;
  document.head.append(sheet);
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const { default: app } = await import(url);
  window.leave = app.render({ model, el: document.querySelector("#here") });
}"""


REST = """async () => {
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const rests = () => window.unanswered === 0 && !document.querySelector(".nx-empty");
  for (let quiet = 0; quiet < 3; quiet = rests() ? quiet + 1 : 0) await frames();
}"""


class BarePage:
    """A page with one app, whose Python runs in this process.

    Parameters
    ----------
    browser : playwright Browser
    app : App
    dark : bool, default False
    before : str, optional
        A script that runs before the app's.
    **options
        Of the browser's context, as ``viewport`` and ``reduced_motion``.
    """

    def __init__(self, browser: Any, app: App, *, dark: bool = False, before: str = "", **options: Any) -> None:
        self.python = app
        self._heard: list[dict[str, Any]] = []
        self.context = browser.new_context(**({"viewport": {"width": 1200, "height": 900}} | options))
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        app.work = AtOnce()  # the browser's driver has an event loop, that nobody runs while a test looks
        app.send_state = self._changed  # type: ignore[method-assign]
        app.send = self._said  # type: ignore[method-assign]
        self.page.expose_function("toPython", self._answer)
        self.page.set_content(PAGE)
        if before:
            self.page.add_script_tag(content=before)
        if dark:
            self.page.evaluate("() => { document.body.dataset.jpThemeLight = 'false'; }")
        state = {name: coded(value) for name, value in app.get_state().items() if not name.startswith("_")}
        self.page.evaluate(HOST, [app._esm, app._css, state])
        self.app = AppInPage(self.page)

    def _changed(self, key: Any = None) -> None:
        state = self.python.get_state(key=key)
        self._heard.append({"state": {name: coded(value) for name, value in state.items() if not name.startswith("_")}})

    def _said(self, content: Any, buffers: Any = None) -> None:
        data = [base64.b64encode(bytes(buffer)).decode() for buffer in buffers or []]
        self._heard.append({"content": content, "buffers": data})

    def _answer(self, content: str, buffers: list[str]) -> str:
        if SLOW > 1:
            time.sleep(SLOW_ANSWER_S)
        self.python._handle_custom_msg(json.loads(content), [base64.b64decode(data) for data in buffers])
        return self._told()

    def _told(self) -> str:
        heard, self._heard = self._heard, []
        return json.dumps(heard)

    def until(self, read: Callable[[], Any]) -> Any:
        """Read again and again until something true comes, and return it; the page's questions are answered meanwhile.

        A sleep would keep them waiting: they are answered while the browser's driver runs.
        """
        last = time.monotonic() + WAIT_MS / 1000
        while time.monotonic() < last:
            if value := read():
                return value
            self.page.wait_for_timeout(50)
        raise TimeoutError(f"nothing true within {WAIT_MS / 1000} s; the app says: {self.python.last_error!r}")

    def rest(self) -> None:
        """Wait until every question is answered and what was answered is drawn."""
        self.page.evaluate(REST)

    def tell(self) -> None:
        """Tell the page what code has changed of the app."""
        self.page.evaluate("(text) => window.heard(JSON.parse(text))", self._told())

    def close(self) -> None:
        self.context.close()


class AtOnce(Work):
    """Long work that is done at once."""

    @property
    def runs_beside(self) -> bool:
        return False


def coded(value: Any) -> Any:
    """A trait's value as JSON can hold it."""
    return {"bytes": base64.b64encode(bytes(value)).decode()} if isinstance(value, bytes | memoryview) else value
