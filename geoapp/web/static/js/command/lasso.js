/** Drawing around complaints by hand. */
export class Lasso {
  constructor(map, button, onDrawn) {
    Object.assign(this, { map, button, onDrawn, drawing: false });
  }

  toggle() {}
  stop() {}
  show() {}
  repaint() {}
}
