// At most one call in a while: at once, and once more for all that came meanwhile.
export class Throttle {
  /** `ms`: milliseconds between two calls. */
  constructor(
    private readonly _call: () => void,
    private readonly _ms: number
  ) {}

  ask(): void {
    if (this._timer !== undefined) {
      this._again = true;
      return;
    }
    this._again = false;
    this._call();
    this._timer = setTimeout(() => {
      this._timer = undefined;
      if (this._again) {
        this.ask();
      }
    }, this._ms);
  }

  dispose(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._again = false;
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _again = false;
}
