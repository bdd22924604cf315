// What was just changed, said once, with the way back.
import type React from 'react';

import { LinkButton } from '../../components/buttons';
import { useTrans } from '../../components/context';
import { ProblemView } from '../../components/ProblemView';
import { createContext, useCallback, useContext, useEffect, useRef, useState } from '../../react';

/** Tell of a change; `back` takes it back. */
type Tell = (said: string, back: () => Promise<void>) => void;

const Context = createContext<Tell>(() => undefined);

/** Tells of changes; undoing one is told of, too, and shows its own failure. */
export function useUndo(): Tell {
  return useContext(Context);
}

/** Shows the last change of the views in it, with a button that takes it back. */
export function UndoProvider(props: { children: React.ReactNode }): React.ReactElement {
  const trans = useTrans();
  const [last, setLast] = useState<{ said: string; back?: () => Promise<void> }>();
  const [error, setError] = useState<unknown>();
  const busy = useRef(false);
  const line = useRef<HTMLParagraphElement>(null);
  const tell = useCallback<Tell>((said, back) => {
    setError(undefined);
    setLast({ said, back });
  }, []);

  const undo = async () => {
    if (busy.current || !last?.back) {
      return;
    }
    busy.current = true;
    try {
      await last.back();
      setLast({ said: trans.__('It is as it was.') });
      setError(undefined);
    } catch (reason) {
      setError(reason);
    } finally {
      busy.current = false;
    }
  };
  const undone = last !== undefined && !last.back;
  useEffect(() => {
    if (undone) {
      line.current?.focus(); // the button that had the focus is gone
    }
  }, [undone]);
  return (
    <Context.Provider value={tell}>
      {props.children}
      <p className="jp-Registry-undo" role="status" ref={line} tabIndex={-1}>
        {last && (
          <>
            {last.said}{' '}
            {last.back && <LinkButton onClick={() => void undo()}>{trans.__('Undo')}</LinkButton>}
          </>
        )}
      </p>
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
    </Context.Provider>
  );
}
