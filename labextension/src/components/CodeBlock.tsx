// Code to copy: with a name, a button, and a word when it is copied.
import { Clipboard } from '@jupyterlab/apputils';
import type React from 'react';

import { useEffect, useState } from '../react';
import { Button } from './buttons';
import { useTrans } from './context';

export function CodeBlock(props: { title: string; code: string }): React.ReactElement {
  const { title, code } = props;
  return (
    <figure className="jp-Registry-code">
      <figcaption>
        <span>{title}</span>
        <CopyButton text={code} what={title} />
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={title}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}

/** A button that copies a text; `what` tells screen readers which. */
export function CopyButton(props: { text: string; what: string }): React.ReactElement {
  const trans = useTrans();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (copied) {
      const timer = setTimeout(() => setCopied(false), 2000);
      return () => clearTimeout(timer);
    }
  }, [copied]);
  return (
    <span className="jp-Registry-copy">
      <span role="status">{copied && trans.__('Copied')}</span>
      <Button
        aria-label={trans.__('Copy: %1', props.what)}
        onClick={() => {
          Clipboard.copyToSystem(props.text);
          setCopied(true);
        }}
      >
        {trans.__('Copy')}
      </Button>
    </span>
  );
}
