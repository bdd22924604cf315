// The shell of an entity's panel: heading, actions, tabs; read anew when the entity changes.
import type React from 'react';

import { ProblemError } from '../api/problems';
import { Button } from '../components/buttons';
import { useSurroundings, useTrans } from '../components/context';
import { EmptyState } from '../components/EmptyState';
import { ProblemView } from '../components/ProblemView';
import { Spinner } from '../components/Progress';
import { Tabs } from '../components/Tabs';
import { useAnswer } from '../components/useAnswer';
import { useContributions } from '../components/useContributions';
import type { Contributions } from '../contributions';
import type { Change } from '../events/changes';
import { useChanges } from '../events/hooks';
import { useEffect, useRef, useState } from '../react';
import type { EntityAction, PanelTab } from '../tokens';
import { SelectTabProvider } from './selectTab';

export interface EntityPanelProps<E extends A, A> {
  /** The tab to begin with. */
  tab?: string;
  read: (signal: AbortSignal) => Promise<E>;
  /** Whether a change may have made what is shown out of date. */
  concerns: (change: Change, shown: E | undefined) => boolean;
  tabs: Contributions<PanelTab<E>>;
  actions: Contributions<EntityAction<A>>;
  heading: (entity: E) => React.ReactNode;
  /** Called with each entity that was read: the place to set the title. */
  onRead?: (entity: E) => void;
}

export function EntityPanel<E extends A, A>(props: EntityPanelProps<E, A>): React.ReactElement {
  const trans = useTrans();
  const { remember, asked } = useSurroundings();
  const { data, error, loading, reload } = useAnswer(async signal => {
    const read = await props.read(signal);
    props.onRead?.(read);
    return read;
  }, []);
  useChanges(change => {
    if (!change || props.concerns(change, data)) {
      reload();
    }
  });
  const tabs = useContributions(props.tabs).filter(tab => data && (tab.applies?.(data) ?? true));
  const [wanted, setWanted] = useState(props.tab);
  const panel = useRef<HTMLDivElement>(null);
  const selected = tabs.find(tab => tab.id === wanted) ?? tabs[0];
  useEffect(() => {
    const follow = (_: unknown, { tab }: { tab?: unknown }) => {
      if (typeof tab === 'string') {
        setWanted(tab);
        remember?.({ tab });
      }
    };
    asked?.connect(follow);
    return () => {
      asked?.disconnect(follow);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [asked]);

  if (error instanceof ProblemError && error.status === 404) {
    return <EmptyState title={trans.__('It is not there any more')}>{error.detail}</EmptyState>;
  }
  if (data === undefined) {
    return loading ? <Spinner /> : <ProblemView error={error} retry={reload} />;
  }
  const Shown = selected?.component;
  const select = (id: string) => {
    setWanted(id);
    remember?.({ tab: id });
  };
  /** From within a tab, which goes with what had the focus. */
  const selectFromWithin = (id: string) => {
    select(id);
    requestAnimationFrame(() =>
      panel.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus()
    );
  };
  return (
    <div ref={panel} className="jp-Registry-panel">
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      <header className="jp-Registry-panelHeader">
        <div>{props.heading(data)}</div>
        <Actions entity={data} actions={props.actions} />
      </header>
      {Shown && (
        <Tabs
          label={trans.__('Parts')}
          items={tabs.map(tab => ({ id: tab.id, label: tab.label(trans) }))}
          selected={selected.id}
          select={select}
        >
          <SelectTabProvider value={selectFromWithin}>
            <Shown key={selected.id} entity={data} reload={reload} />
          </SelectTabProvider>
        </Tabs>
      )}
    </div>
  );
}

function Actions<A>(props: {
  entity: A;
  actions: Contributions<EntityAction<A>>;
}): React.ReactElement | null {
  const trans = useTrans();
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<unknown>();
  const offered = useContributions(props.actions).filter(
    action => action.applies?.(props.entity) ?? true
  );
  if (!offered.length) {
    return null;
  }
  const run = async (action: EntityAction<A>) => {
    setBusy(action.id);
    setError(undefined);
    try {
      await action.execute(props.entity);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <div className="jp-Registry-actions">
      <span className="jp-Registry-buttons">
        {offered.map(action => (
          <Button
            key={action.id}
            aria-busy={busy === action.id}
            onClick={() => busy === undefined && void run(action)}
          >
            {action.label(trans)}
          </Button>
        ))}
      </span>
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
    </div>
  );
}
