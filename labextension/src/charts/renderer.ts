// Has Lab's own renderer draw a chart; nothing of Vega is in this extension.
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { Look } from './look';
import type { Spec } from './spec';

const MIME_TYPE = 'application/vnd.vegalite.v5+json';

/** A drawn chart; disposing it takes it out of the document. */
export interface Drawn {
  node: HTMLElement;
  /** The picture; missing where the renderer drew none. */
  svg: SVGSVGElement | null;
  dispose(): void;
}

/** Whether charts can be drawn here. */
export function canDraw(rendermime: IRenderMimeRegistry | null | undefined): boolean {
  return !!rendermime?.mimeTypes.includes(MIME_TYPE);
}

/** Draw into a host in the document, unseen until the caller shows it. Rejects for a bad chart. */
export async function draw(
  rendermime: IRenderMimeRegistry,
  host: HTMLElement,
  spec: Spec,
  look: Look
): Promise<Drawn> {
  const renderer = rendermime.createRenderer(MIME_TYPE);
  const node = document.createElement('div');
  node.className = 'jp-Registry-chartDrawn';
  // the host says what the picture shows; its thousand marks would not help
  node.setAttribute('aria-hidden', 'true');
  node.style.visibility = 'hidden';
  node.style.position = 'absolute';
  host.appendChild(node);
  Widget.attach(renderer, node);
  const dispose = () => {
    if (!renderer.isDisposed) {
      // React may have taken the host out of the document already
      if (renderer.node.isConnected) {
        Widget.detach(renderer);
      } else {
        MessageLoop.sendMessage(renderer, Widget.Msg.BeforeDetach);
        MessageLoop.sendMessage(renderer, Widget.Msg.AfterDetach);
      }
      renderer.dispose();
    }
    node.remove();
  };
  try {
    await renderer.renderModel(
      rendermime.createModel({
        // a picture that is there already is not made: it costs as much as drawing
        data: { [MIME_TYPE]: spec, 'image/png': 'none' },
        metadata: {
          [MIME_TYPE]: {
            embed_options: {
              actions: false,
              renderer: 'svg',
              tooltip: { theme: look.dark ? 'dark' : 'light' }
            }
          }
        }
      })
    );
  } catch (error) {
    dispose();
    throw error;
  }
  return { node, svg: node.querySelector('svg'), dispose };
}
