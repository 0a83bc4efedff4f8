"""Parts that journeys of the wall and its soak share: a feed of our own, figures of the page's memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WALL = {"viewport": {"width": 1920, "height": 1080}}

# Takes the place of the browser's own EventSource; `wall_tell` speaks as the server would.
FAKE_FEED = """
window.sources = [];
window.EventSource = class extends EventTarget {
  constructor(url) {
    super();
    this.url = url;
    this.readyState = 1;
    window.sources.push(this);
    Promise.resolve().then(() => {
      this.dispatchEvent(new Event('open'));
      this.dispatchEvent(new MessageEvent('hello', { data: JSON.stringify({ at: new Date().toISOString() }) }));
    });
  }
  close() { this.readyState = 2; window.sources = window.sources.filter((one) => one !== this); }
};
Object.assign(window.EventSource, { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
window.wall_tell = (name, data) => {
  for (const source of window.sources) source.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
};
"""
# Tells *number* events from *start* on: new ones all over the city, every fifth a change,
# every fiftieth a retraction; now and then it says that everything is to be fetched anew.
PUMP = """([start, number, west, south]) => {
  const services = ['pothole', 'street_light_out', 'waste_pile'];
  for (let i = start; i < start + number; i += 1) {
    const ticket = `JBI-${String(i).padStart(6, '0')}`;
    if (i % 500 === 450) window.wall_tell('reload', {});
    if (i % 50 === 49) { window.wall_tell('retraction', { ticket: `JBI-${String(i - 7).padStart(6, '0')}` }); continue; }
    window.wall_tell('complaint', {
      kind: i % 5 === 4 ? 'status' : 'submitted',
      complaint: {
        ticket, service: services[i % 3], group: ['road', 'street_light', 'waste'][i % 3],
        status: i % 5 === 4 ? 'verified' : 'submitted', lon: west + (i % 97) / 2000, lat: south + (i % 89) / 2000,
        submitted_at: new Date().toISOString(), due_at: null, kelurahan: { code: 'x', name: `Kelurahan ${i}` },
        agency: { code: 'x', name: 'x' }, location_kind: 'point', simulated: false,
      },
    });
  }
}"""


@dataclass(frozen=True)
class Weight:
    """What a page holds after everything that can be freed was."""

    heap_mb: float
    nodes: int
    listeners: int


class Scales:
    """Weighs a page by the browser's own protocol."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("HeapProfiler.enable")
        self._session.send("Performance.enable")

    def weigh(self) -> Weight:
        """Collect what is garbage, then measure."""
        for _ in range(3):  # what a finaliser lets go of is garbage for the next one
            self._session.send("HeapProfiler.collectGarbage")
        metrics = {
            m["name"]: m["value"] for m in self._session.send("Performance.getMetrics")["metrics"]
        }
        return Weight(
            heap_mb=metrics["JSHeapUsedSize"] / 1e6,
            nodes=int(metrics["Nodes"]),
            listeners=int(metrics["JSEventListeners"]),
        )
