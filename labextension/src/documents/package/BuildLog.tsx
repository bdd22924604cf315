// The log of the building of a package's environment, as it grows; nothing where none is built.
import type React from 'react';

import { useRegistry, useTrans } from '../../components/context';
import { useEffect, useRef, useState } from '../../react';

export function BuildLog(props: { packageId: number; kernelspec: string }): React.ReactElement {
  const { packageId, kernelspec } = props;
  const { api, changes } = useRegistry();
  const trans = useTrans();
  const [log, setLog] = useState('');
  const place = useRef<HTMLPreElement>(null);
  const begun = log !== '';
  useEffect(() => {
    if (begun) {
      place.current?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [begun]);

  useEffect(() => {
    let shown = true;
    const read = async () => {
      try {
        const found = await api.environment(packageId, kernelspec || undefined);
        if (shown && found.state === 'building') {
          setLog(found.log ?? '');
        }
      } catch {
        // what is wrong is told by the deployment
      }
    };
    const heard = (_: unknown, change: { entity: string; id: number }) => {
      if (change.entity === 'environment' && change.id === packageId) {
        void read();
      }
    };
    changes.changed.connect(heard);
    void read();
    return () => {
      shown = false;
      changes.changed.disconnect(heard);
    };
  }, [api, changes, packageId, kernelspec]);

  return (
    <pre
      ref={place}
      className="jp-Registry-buildLog"
      hidden={!begun}
      role="log"
      aria-label={trans.__('Building the environment')}
      tabIndex={0}
    >
      {log}
    </pre>
  );
}
