import { isOpen } from '../shared/deadline.js';
import { fillLegend } from '../map/legend.js';

/** What is drawn now and nothing else, in drawing order. */
export function drawLegend(body, { layers, steps, things }) {
  const points = layers.showsPoints ? layers.picture.points : [];
  fillLegend(body, {
    cells: layers.showsCells, steps: steps.now, lately: false, hotspots: things.hotspots?.drawn ?? [],
    open: points.some((point) => isOpen(point.status)), done: points.some((point) => !isOpen(point.status)), overdue: points.some((point) => point.over),
  });
}
