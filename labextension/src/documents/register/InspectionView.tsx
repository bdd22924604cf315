// What a worker finds out about the files: how far it is, what it found, what is missing.
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import type { InspectionPublic } from '../../api/types';
import { Button, LinkButton } from '../../components/buttons';
import { useTrans } from '../../components/context';
import { ProblemView } from '../../components/ProblemView';
import { Progress, Spinner } from '../../components/Progress';
import { measure } from '../../format/numbers';
import { metricTitle } from '../../monitoring/metrics';
import { baselineOf } from '../package/shape';
import type { Registration } from './registration';

export function InspectionView(props: {
  registration: Registration;
  /** Register what could not be looked at. */
  anyway: () => void;
}): React.ReactElement | null {
  const { registration, anyway } = props;
  const trans = useTrans();
  const { inspection, inspectionError, inspecting } = registration;
  if (inspecting) {
    return <Running inspection={inspection} cancel={() => void registration.cancelLook()} />;
  }
  if (inspectionError !== undefined) {
    return (
      <div>
        <ProblemView error={inspectionError} retry={() => void registration.lookAgain()} />
        {registration.kind === 'custom' && (
          <p className="jp-Registry-fieldHelp">
            {trans.__('Without being looked at it has no baseline, and may fail to be deployed.')}{' '}
            <LinkButton onClick={anyway}>{trans.__('Register it as typed below')}</LinkButton>
          </p>
        )}
      </div>
    );
  }
  if (registration.unseen) {
    return (
      <p className="jp-Registry-buttons">
        <span>{trans.__('It was not looked at.')}</span>
        <Button onClick={() => void registration.lookAgain()}>
          {trans.__('Have it looked at')}
        </Button>
      </p>
    );
  }
  return inspection?.state === 'done' ? <Found inspection={inspection} /> : null;
}

function Running(props: { inspection?: InspectionPublic; cancel: () => void }): React.ReactElement {
  const { inspection, cancel } = props;
  const trans = useTrans();
  const { rows = 0, rows_done = 0 } = inspection ?? {};
  const label = stageName(inspection?.state === 'running' ? inspection.stage : null, trans);
  if (rows) {
    return <Progress label={label} done={rows_done} total={rows} cancel={cancel} />;
  }
  return (
    <div className="jp-Registry-progress">
      <Spinner label={label} />
      <Button onClick={cancel}>{trans.__('Cancel')}</Button>
    </div>
  );
}

function stageName(stage: InspectionPublic['stage'], trans: TranslationBundle): string {
  switch (stage) {
    case 'copying':
      return trans.__('The files are brought to a worker…');
    case 'scanning':
      return trans.__('The files are scanned for code that they would run…');
    case 'starting':
      return trans.__('A worker starts…');
    case 'loading':
      return trans.__('The model is loaded…');
    case 'reading':
      return trans.__('The data is read…');
    case 'scoring':
      return trans.__('The holdout is scored…');
    case 'measuring':
      return trans.__('The features’ importance is measured…');
    default:
      return trans.__('A worker is waited for…');
  }
}

function Found({ inspection }: { inspection: InspectionPublic }): React.ReactElement {
  const trans = useTrans();
  const found = inspection.package ?? {};
  const metrics = Object.entries(baselineOf(found).metrics ?? {}).slice(0, 4);
  const framework = [inspection.framework, inspection.framework_version].filter(Boolean).join(' ');
  const format = typeof found.format === 'string' ? found.format : '';
  const said = inspection.warnings ?? []; // what is missing is said beside its field
  return (
    <div className="jp-Registry-found" role="status">
      <p>
        {format
          ? trans.__('The model was loaded: %1.', [format, framework].filter(Boolean).join(', '))
          : trans.__('The data was read.')}{' '}
        {trans.__('What it says is filled in below.')}
      </p>
      {metrics.length > 0 && (
        <p>
          {trans.__('On the holdout:')}{' '}
          {metrics
            .map(([name, { value }]) => `${metricTitle(name, trans)} ${measure(value)}`)
            .join(', ')}
        </p>
      )}
      {said.length > 0 && (
        <ul aria-label={trans.__('To know')}>
          {said.map(text => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
