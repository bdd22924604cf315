// The sidebar: sections that fold, and a word when the server is not heard.
import { refreshIcon, addIcon, type LabIcon } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import { useRegistry, useTrans } from '../components/context';
import { useContributions } from '../components/useContributions';
import { useConnection } from '../events/hooks';
import type { SidebarSection } from '../tokens';

export function Sidebar(): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const sections = useContributions(registry.sections);
  const connection = useConnection();
  return (
    <div className="jp-Registry-sidebar">
      <div className="jp-Registry-sidebarHeader">
        <h2>{trans.__('Model Registry')}</h2>
        <IconButton
          icon={addIcon}
          label={trans.__('Register a package')}
          run={() => void registry.register()}
        />
        <IconButton
          icon={refreshIcon}
          label={trans.__('Refresh')}
          run={() => registry.changes.refresh()}
        />
      </div>
      {connection === 'lost' && (
        <p className="jp-Registry-lost" role="status">
          {trans.__('The server does not answer; it is tried again.')}{' '}
          <button
            type="button"
            className="jp-Registry-link"
            onClick={() => registry.changes.connect()}
          >
            {trans.__('Now')}
          </button>
        </p>
      )}
      {sections.map(section => (
        <Section key={section.id} section={section} />
      ))}
    </div>
  );
}

function Section({ section }: { section: SidebarSection }): React.ReactElement {
  const trans = useTrans();
  const [open, setOpen] = useState(true);
  const Content = section.component;
  const label = section.label(trans);
  return (
    <section className={`jp-Registry-section${open ? ' jp-mod-open' : ''}`} aria-label={label}>
      <h3>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> {label}
        </button>
      </h3>
      {open && <Content />}
    </section>
  );
}

function IconButton(props: { icon: LabIcon; label: string; run: () => void }): React.ReactElement {
  return (
    <button
      type="button"
      className="jp-Registry-iconButton"
      aria-label={props.label}
      title={props.label}
      onClick={props.run}
    >
      <props.icon.react tag="span" width="16px" />
    </button>
  );
}
