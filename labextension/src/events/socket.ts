// A WebSocket class that tells when its sockets open and close.
export interface SocketObserver {
  opened(): void;
  closed(): void;
}

/** A subclass of the given class; sockets that were closed from this side tell nothing. */
export function observed(Socket: typeof WebSocket, observer: SocketObserver): typeof WebSocket {
  return class extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('open', () => this._left || observer.opened());
      this.addEventListener('close', () => this._left || observer.closed());
    }

    override close(code?: number, reason?: string): void {
      this._left = true;
      super.close(code, reason);
    }

    private _left = false;
  } as typeof WebSocket;
}
