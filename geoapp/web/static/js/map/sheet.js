const STOPS = ['peek', 'half', 'full'];
/** Height of the sheet at rest; on a phone held sideways never more than half of it. */
export const peekPx = () => Math.min(268, Math.round(window.innerHeight / 2));

/** The bottom sheet of the phone: three stops, by touch or by its handle button. */
export class Sheet {
  /**
   * @param {HTMLElement} node
   * @param {HTMLButtonElement} handle
   * @param {() => void} changed called after the sheet has come to rest
   */
  constructor(node, handle, changed) {
    Object.assign(this, { node, handle, changed, stop: 'peek' });
    this.grip = handle.parentElement;
    this.grip.addEventListener('pointerdown', (event) => this.down(event));
    handle.addEventListener('click', () => { if (!this.dragged) this.set(STOPS[(STOPS.indexOf(this.stop) + 1) % 3]); });
    handle.addEventListener('keydown', (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      this.set(STOPS[Math.min(2, Math.max(0, STOPS.indexOf(this.stop) + by))]);
    });
    this.set('peek');
  }

  /** True while the page has the phone's layout. */
  static get active() {
    return window.matchMedia('(max-width: 760px)').matches;
  }

  height(stop) {
    const room = window.innerHeight;
    return { peek: peekPx(), half: Math.round(room * 0.55), full: room - 64 }[stop];
  }

  set(stop) {
    this.stop = stop;
    this.node.dataset.stop = stop;
    this.node.style.removeProperty('height');
    this.handle.setAttribute('aria-expanded', String(stop !== 'peek'));
    this.changed();
  }

  down(event) {
    if (!Sheet.active) return;
    const start = this.node.getBoundingClientRect().height;
    const from = event.clientY;
    let speed = 0;
    let last = { y: from, at: event.timeStamp };
    this.dragged = false;
    const move = (moved) => {
      const by = from - moved.clientY;
      if (Math.abs(by) > 4) this.dragged = true;
      speed = (last.y - moved.clientY) / Math.max(1, moved.timeStamp - last.at);
      last = { y: moved.clientY, at: moved.timeStamp };
      this.node.classList.add('dragging');
      this.node.style.height = `${Math.min(this.height('full'), Math.max(120, start + by))}px`;
    };
    const up = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', up);
      this.node.classList.remove('dragging');
      if (!this.dragged) return;
      const aim = this.node.getBoundingClientRect().height + speed * 180;
      const near = (stop) => Math.abs(this.height(stop) - aim);
      this.set(STOPS.reduce((best, stop) => (near(stop) < near(best) ? stop : best)));
      setTimeout(() => { this.dragged = false; });
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', up);
  }
}
