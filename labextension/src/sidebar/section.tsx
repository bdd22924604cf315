// A section that folds, with its count; its content tells the count.
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import type React from 'react';

import { useTrans } from '../components/context';
import { count } from '../format/numbers';
import { createContext, useContext, useEffect, useState } from '../react';
import type { SidebarSection } from '../tokens';
import { useRemembered } from './memory';

const Context = createContext<(total: number | undefined) => void>(() => undefined);

/** Have the section's heading say how many there are; of what is filtered nothing. */
export function useSection(total: number | undefined, filtered: boolean): void {
  const tell = useContext(Context);
  useEffect(() => {
    if (!filtered) {
      tell(total);
    }
  }, [tell, total, filtered]);
}

export function Section({ section }: { section: SidebarSection }): React.ReactElement {
  const trans = useTrans();
  const [open, setOpen] = useRemembered<boolean>(`${section.id}.unfolded`, true);
  const [total, setTotal] = useState<number>();
  const Content = section.component;
  const label = section.label(trans);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section className={`jp-Registry-section${open ? ' jp-mod-open' : ''}`} aria-label={label}>
      <h3>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Caret.react tag="span" width="16px" aria-hidden="true" />
          {label}
          {total !== undefined && <span className="jp-Registry-count">{count(total)}</span>}
        </button>
      </h3>
      {open && (
        <Context.Provider value={setTotal}>
          <Content />
        </Context.Provider>
      )}
    </section>
  );
}
