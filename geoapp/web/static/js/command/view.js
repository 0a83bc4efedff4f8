import { View } from '../map/view.js';
import { standing } from '../map/labels.js';

/** True while the page has the phone's layout: list, map and activity behind tabs. */
export const phone = () => window.matchMedia('(max-width: 760px)').matches;

/** Pixels that the bar of the play back takes, there or still to come. */
const PLAY = 80;

/** Where the live map looks. The drawer lies over its right side; a phone's drawer hides it whole. */
export class CommandView extends View {
  cover(withCard = !this.card.hidden) {
    if (phone()) return [8, 60, 8, 28];
    return [56, 60, withCard ? this.card.offsetWidth + 24 : 16, PLAY];
  }

  frame() {
    return { things: standing(this.map), sides: [4, 4, 4, 24] };
  }
}
