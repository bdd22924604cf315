// Ready code to call a deployment: Python and curl, with its address, label and a key in it.
import type { DeploymentPublic, PackagePublic } from '../../api/types';

/** What stands where a key belongs, until one is made. */
export const NO_KEY = 'jrk_…';

export interface Snippet {
  id: string;
  language: 'python' | 'curl';
  code: string;
}

export interface SnippetParts {
  deployment: DeploymentPublic;
  /** The champion, for its columns. */
  package?: PackagePublic;
  /** The Jupyter server's address, its base URL included, with a slash at the end. */
  server: string;
  /** The deployment's address in the API. */
  address: string;
  key?: string;
}

type Row = Record<string, unknown>;

/** How applications ask for predictions. */
export function predicting(parts: SnippetParts): Snippet[] {
  const { deployment, server, address } = parts;
  const key = parts.key ?? NO_KEY;
  const row = exampleRow(parts);
  const notebook = [
    'from jupyter_registry import Registry',
    '',
    `registry = Registry()  # elsewhere: Registry(${python(server)}, token="…")`,
    `deployment = registry.deployment(${python(deployment.label)})`,
    'scores = deployment.predict(rows)  # a DataFrame; recorded before it is answered'
  ];
  const application = [
    'import httpx  # or requests, which is called alike',
    '',
    'answer = httpx.post(',
    `    ${python(`${address}/predictions`)},`,
    `    headers={"Authorization": ${python(`Bearer ${key}`)}},`,
    `    json=${python([row])},`,
    '    timeout=60,',
    ')',
    'answer.raise_for_status()',
    'print(answer.json())'
  ];
  return [
    { id: 'predict-notebook', language: 'python', code: notebook.join('\n') },
    { id: 'predict-application', language: 'python', code: application.join('\n') },
    {
      id: 'predict-curl',
      language: 'curl',
      code: curl(`${address}/predictions`, key, JSON.stringify([row]))
    },
    {
      id: 'predict-file',
      language: 'curl',
      code: [
        `curl ${shell(`${address}/predictions`)} \\`,
        `  -H ${shell(`Authorization: Bearer ${key}`)} \\`,
        "  -H 'Content-Type: text/csv' -H 'Accept: text/csv' \\",
        '  --data-binary @rows.csv -o predictions.csv'
      ].join('\n')
    }
  ];
}

/** How applications ask a model that answers whole requests. */
export function asking(parts: SnippetParts): Snippet[] {
  const { deployment, server, address } = parts;
  const notebook = [
    'from jupyter_registry import Registry',
    '',
    `registry = Registry()  # elsewhere: Registry(${python(server)}, token="…")`,
    `deployment = registry.deployment(${python(deployment.label)})`,
    'answer = deployment.predict_unstructured("{}", mimetype="application/json")',
    'answer.data()  # text, or bytes'
  ];
  return [
    { id: 'predict-notebook', language: 'python', code: notebook.join('\n') },
    {
      id: 'predict-curl',
      language: 'curl',
      code: curl(`${address}/predictions/unstructured`, parts.key ?? NO_KEY, '{}')
    }
  ];
}

/** How the host of an external model reports what it predicted, and what happened later. */
export function reporting(parts: SnippetParts): Snippet[] {
  const { deployment, server, address } = parts;
  const key = parts.key ?? NO_KEY;
  const { report, actual } = exampleReport(deployment);
  const code = [
    'from jupyter_registry.client import Reporter  # needs the standard library alone',
    '',
    `url, key, label = ${python(server)}, ${python(key)}, ${python(deployment.label)}`,
    'with Reporter(url, key, label, spool_dir="spool") as reporter:',
    `    reporter.report(${python(report)})`,
    `    reporter.actuals(${python(actual)})  # later`
  ];
  return [
    { id: 'report-python', language: 'python', code: code.join('\n') },
    {
      id: 'report-curl',
      language: 'curl',
      code: curl(`${address}/reports`, key, JSON.stringify([report]))
    }
  ];
}

/** How what happened later is sent, of any kind of deployment. */
export function telling(parts: SnippetParts): Snippet[] {
  const { actual } = exampleReport(parts.deployment);
  return [
    {
      id: 'actuals-curl',
      language: 'curl',
      code: curl(`${parts.address}/actuals`, parts.key ?? NO_KEY, JSON.stringify([actual]))
    }
  ];
}

/** A row as the model takes it: of the package's example, or with made-up values. */
function exampleRow(parts: SnippetParts): Row {
  const { deployment, package: champion } = parts;
  const example = champion?.input_example?.[0];
  const row: Row = example
    ? { ...example }
    : Object.fromEntries(
        (champion?.signature ?? []).map(column => [String(column.name), made(column.dtype)])
      );
  const id = deployment.association_id_column;
  return id ? { [id]: 'id-1', ...row } : row;
}

function made(dtype: unknown): unknown {
  switch (dtype) {
    case 'number':
      return 1.5;
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'datetime':
      return '2025-01-31T12:00:00Z';
    default:
      return 'text';
  }
}

function exampleReport(deployment: DeploymentPublic): { report: Row; actual: Row } {
  const id = { association_id: 'id-1' };
  const labels = deployment.class_labels ?? [];
  switch (deployment.target_type) {
    case 'anomaly':
      return { report: { ...id, prediction: 0.6 }, actual: { ...id, value: true } };
    case 'regression':
      return { report: { ...id, prediction: 1.2 }, actual: { ...id, value: 1.25 } };
    case 'binary':
      return {
        report: { ...id, probability: 0.83 },
        actual: { ...id, value: deployment.positive_class ?? labels[labels.length - 1] ?? 'yes' }
      };
    default:
      return {
        report: { ...id, prediction: labels[0] ?? 'label' },
        actual: { ...id, value: labels[0] ?? 'label' }
      };
  }
}

function curl(address: string, key: string, body: string): string {
  return [
    `curl ${shell(address)} \\`,
    `  -H ${shell(`Authorization: Bearer ${key}`)} \\`,
    "  -H 'Content-Type: application/json' \\",
    `  --data ${shell(body)}`
  ].join('\n');
}

/** A value as Python writes it. */
export function python(value: unknown): string {
  if (value === null || value === undefined) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (Array.isArray(value)) {
    return `[${value.map(python).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([name, one]) => `${python(name)}: ${python(one)}`);
    return `{${pairs.join(', ')}}`;
  }
  return JSON.stringify(value); // of texts and numbers both languages write the same
}

/** A text as one word of a POSIX shell. */
export function shell(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}
