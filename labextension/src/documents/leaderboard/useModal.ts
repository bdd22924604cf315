// Dialogs opened from within a view.
import { Signal } from '@lumino/signaling';
import type React from 'react';

import { useSurroundings } from '../../components/context';
import { openModal } from '../../components/modal';

/** Opens a dialog with what the view has at hand. */
export function useModal(): (view: (close: () => void) => React.ReactElement) => Promise<void> {
  const surroundings = useSurroundings();
  return view => openModal({ current: () => surroundings, changed: new Signal({}) }, view);
}
