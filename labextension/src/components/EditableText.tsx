// A text that is edited in place: Enter or the button saves, Escape leaves it as it was.
import type React from 'react';

import { useEffect, useRef, useState } from '../react';
import { Button } from './buttons';
import { useTrans } from './context';
import { useKept } from './kept';
import { ProblemView } from './ProblemView';

export function EditableText(props: {
  value: string;
  /** What the text is, as `Description`. */
  label: string;
  placeholder?: string;
  multiline?: boolean;
  /** Rejecting keeps what was typed, and shows why. */
  save: (value: string) => Promise<void>;
}): React.ReactElement {
  const trans = useTrans();
  const { value, label, placeholder, multiline, save } = props;
  const [draft, setDraft] = useKept<string | undefined>(`edited ${label}`, undefined);
  const [error, setError] = useState<unknown>();
  const [saving, setSaving] = useState(false);
  const input = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const editing = draft !== undefined;
  // one that is shown again while it is edited takes the focus from nothing
  const edited = useRef(editing);

  useEffect(() => {
    if (editing !== edited.current) {
      edited.current = editing;
      (editing ? input : opener).current?.focus();
    }
  }, [editing]);

  const leave = () => {
    setDraft(undefined);
    setError(undefined);
  };
  const keep = async () => {
    if (draft === undefined || saving) {
      return;
    }
    if (draft === value) {
      leave();
      return;
    }
    setSaving(true);
    try {
      await save(draft);
      leave();
    } catch (reason) {
      setError(reason);
    } finally {
      setSaving(false);
    }
  };

  if (!editing) {
    return (
      <button
        type="button"
        ref={opener}
        className="jp-Registry-editable"
        aria-label={trans.__('%1: %2. Edit', label, value || trans.__('none'))}
        title={trans.__('Edit')}
        onClick={() => setDraft(value)}
      >
        {value || <span className="jp-Registry-muted">{placeholder ?? label}</span>}
      </button>
    );
  }
  const shared = {
    ref: input,
    'aria-label': label,
    value: draft,
    placeholder,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      setDraft(event.target.value),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        leave();
      } else if (event.key === 'Enter' && (!multiline || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void keep();
      }
    }
  };
  return (
    <div className="jp-Registry-editing">
      {multiline ? <textarea rows={4} {...shared} /> : <input type="text" {...shared} />}
      <span className="jp-Registry-buttons">
        <button
          type="button"
          className="jp-Registry-button jp-mod-primary"
          aria-busy={saving}
          onClick={() => void keep()}
        >
          {trans.__('Save')}
        </button>
        <Button onClick={leave}>{trans.__('Cancel')}</Button>
      </span>
      {error !== undefined && <ProblemView error={error} />}
    </div>
  );
}
