// The registry's HTTP API, a method for each thing that can be asked of it.
import { ServerConnection } from '@jupyterlab/services';

import { address, request, type Part, type RequestOptions } from './http';
import { sendFile, sendFileForJson, type SendOptions } from './sending';
import type * as t from './types';

type Get<P extends keyof t.paths> = t.paths[P] extends {
  get: { parameters: { query?: infer Q } };
}
  ? NonNullable<Q>
  : never;
type Post<P extends keyof t.paths> = t.paths[P] extends {
  post: { parameters: { query?: infer Q } };
}
  ? NonNullable<Q>
  : never;

export type PackageQuery = Get<'/packages'>;
export type ModelQuery = Get<'/models'>;
export type DeploymentQuery = Get<'/deployments'>;
export type AccuracyQuery = Get<'/deployments/{deployment}/accuracy'>;
export type LeaderboardQuery = Get<'/leaderboards'>;
export type DetailsQuery = Get<'/deployments/{deployment}/accuracy/details'>;
export type SegmentsQuery = Get<'/deployments/{deployment}/segments'>;
export type DriftQuery = Get<'/deployments/{deployment}/drift'>;
export type HealthQuery = Get<'/deployments/{deployment}/health'>;
export type PredictionQuery = Post<'/deployments/{deployment}/predictions'>;
export type ReportQuery = Post<'/deployments/{deployment}/reports'>;
export type ActualsQuery = Post<'/deployments/{deployment}/actuals'>;

type Row = Record<string, unknown>;
/** How a file of rows is sent; `query` names its columns. */
type RowsOptions<Q> = Omit<SendOptions, 'query'> & { query?: Q };

/** Everything throws a `ProblemError`, or a `ConnectionLostError` when nothing answers. */
export class RegistryClient {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  info(signal?: AbortSignal): Promise<t.ServerInfo> {
    return this._get(['info'], { signal });
  }

  /** What deployments are judged by; asked once, as it does not change while the server runs. */
  rules(): Promise<t.MonitoringRules> {
    this._rules ??= this.info().then(
      info => info.monitoring,
      (error: unknown) => {
        this._rules = undefined;
        throw error;
      }
    );
    return this._rules;
  }

  // --- registered models and packages ---

  models(query: ModelQuery = {}, signal?: AbortSignal): Promise<t.ModelPage> {
    return this._get(['models'], { query, signal });
  }

  model(name: string, signal?: AbortSignal): Promise<t.ModelPublic> {
    return this._get(['models', name], { signal });
  }

  updateModel(name: string, body: t.ModelUpdate): Promise<t.ModelPublic> {
    return this._send('PATCH', ['models', name], body);
  }

  deleteModel(name: string): Promise<void> {
    return this._send('DELETE', ['models', name]);
  }

  version(name: string, version: number | 'latest'): Promise<t.PackagePublic> {
    return this._get(['models', name, 'versions', version]);
  }

  setAlias(name: string, alias: string, version: number): Promise<t.PackagePublic> {
    return this._send('PUT', ['models', name, 'aliases', alias], { version });
  }

  deleteAlias(name: string, alias: string): Promise<void> {
    return this._send('DELETE', ['models', name, 'aliases', alias]);
  }

  packages(query: PackageQuery = {}, signal?: AbortSignal): Promise<t.PackagePage> {
    return this._get(['packages'], { query, signal });
  }

  package(id: number, signal?: AbortSignal): Promise<t.PackagePublic> {
    return this._get(['packages', id], { signal });
  }

  register(body: t.PackageCreate): Promise<t.PackageRegistered> {
    return this._send('POST', ['packages'], body);
  }

  updatePackage(id: number, body: t.PackageUpdate): Promise<t.PackagePublic> {
    return this._send('PATCH', ['packages', id], body);
  }

  deletePackage(id: number): Promise<void> {
    return this._send('DELETE', ['packages', id]);
  }

  /** Where the browser downloads a package's file from, straight to disk. */
  fileUrl(id: number, path: string): string {
    return address(this.settings, ['packages', id, 'files', ...path.split('/')]);
  }

  /** Where the browser downloads a package's software bill of materials from. */
  sbomUrl(id: number): string {
    return address(this.settings, ['packages', id, 'sbom']);
  }

  // --- uploads ---

  beginUpload(): Promise<t.UploadPublic> {
    return this._send('POST', ['uploads']);
  }

  /** Send one file of an upload, or the rest of it; `path` is where it is in the package. */
  uploadFile(
    upload: string,
    path: string,
    file: Blob,
    options: Pick<SendOptions, 'offset' | 'onProgress' | 'signal'> = {}
  ): Promise<t.FilePublic> {
    const parts = ['uploads', upload, 'files', ...path.split('/')];
    return sendFileForJson(this.settings, 'PUT', parts, file, options);
  }

  upload(upload: string): Promise<t.UploadPublic> {
    return this._get(['uploads', upload]);
  }

  deleteUpload(upload: string): Promise<void> {
    return this._send('DELETE', ['uploads', upload]);
  }

  deleteUploadFile(upload: string, path: string): Promise<void> {
    return this._send('DELETE', ['uploads', upload, 'files', ...path.split('/')]);
  }

  /** Take a file or folder of Jupyter's contents into an upload, on the server's side. */
  takeContents(
    upload: string,
    body: t.ContentsTake,
    signal?: AbortSignal
  ): Promise<t.ContentsTaken> {
    return this._post(['uploads', upload, 'contents'], body, { signal });
  }

  /** Put an archive's files in its place; a file that is none, or a model as it is, stays. */
  takeApart(upload: string, path: string, signal?: AbortSignal): Promise<t.ContentsTaken> {
    return this._post(['uploads', upload, 'archives'], { path }, { signal });
  }

  /** Have a worker look at an upload's model and data; `inspection` tells how it stands. */
  inspect(upload: string, body: t.InspectionCreate): Promise<t.InspectionPublic> {
    return this._send('POST', ['uploads', upload, 'inspection'], body);
  }

  inspection(upload: string, signal?: AbortSignal): Promise<t.InspectionPublic> {
    return this._get(['uploads', upload, 'inspection'], { signal });
  }

  cancelInspection(upload: string): Promise<void> {
    return this._send('DELETE', ['uploads', upload, 'inspection']);
  }

  // --- deployments ---

  deployments(query: DeploymentQuery = {}, signal?: AbortSignal): Promise<t.DeploymentPage> {
    return this._get(['deployments'], { query, signal });
  }

  deployment(id: Part, signal?: AbortSignal): Promise<t.DeploymentPublic> {
    return this._get(['deployments', id], { signal });
  }

  deploy(body: t.DeploymentCreate): Promise<t.DeploymentPublic> {
    return this._send('POST', ['deployments'], body);
  }

  /** Whether a package could be deployed so; nothing is loaded or built. */
  checks(id: number, body: t.DeploymentCheck): Promise<readonly t.Check[]> {
    return this._send('POST', ['packages', id, 'checks'], body);
  }

  /** The environment that a package asks for, with the log of its building. */
  environment(id: number, kernelspec?: string): Promise<t.EnvironmentPublic> {
    return this._get(['packages', id, 'environment'], { query: { kernelspec } });
  }

  updateDeployment(id: Part, body: t.DeploymentUpdate): Promise<t.DeploymentPublic> {
    return this._send('PATCH', ['deployments', id], body);
  }

  /** How it does in each respect, and its predictions of the last 7 days. */
  status(id: Part, signal?: AbortSignal): Promise<t.DeploymentLights> {
    return this._get(['deployments', id, 'status'], { signal });
  }

  history(id: Part, signal?: AbortSignal): Promise<t.ServicePeriod[]> {
    return this._get(['deployments', id, 'history'], { signal });
  }

  replace(id: Part, body: t.ReplacementCreate): Promise<t.ReplacementPublic> {
    return this._send('POST', ['deployments', id, 'replacements'], body);
  }

  rollBack(id: Part, body: t.RollbackCreate): Promise<t.ReplacementPublic> {
    return this._send('POST', ['deployments', id, 'rollback'], body);
  }

  keys(id: Part, signal?: AbortSignal): Promise<t.KeyPublic[]> {
    return this._get(['deployments', id, 'keys'], { signal });
  }

  /** Make a prediction key; its secret is in the answer, and nowhere else afterwards. */
  makeKey(id: Part, name: string): Promise<t.KeyCreated> {
    return this._send('POST', ['deployments', id, 'keys'], { name });
  }

  revokeKey(id: Part, key: number): Promise<void> {
    return this._send('DELETE', ['deployments', id, 'keys', key]);
  }

  // --- leaderboards ---

  leaderboards(query: LeaderboardQuery = {}, signal?: AbortSignal): Promise<t.LeaderboardPage> {
    return this._get(['leaderboards'], { query, signal });
  }

  leaderboard(id: number, signal?: AbortSignal): Promise<t.LeaderboardPublic> {
    return this._get(['leaderboards', id], { signal });
  }

  deleteLeaderboard(id: number): Promise<void> {
    return this._send('DELETE', ['leaderboards', id]);
  }

  /** Ask the training to stop; the models that are there are kept. */
  stopLeaderboard(id: number): Promise<t.LeaderboardPublic> {
    return this._send('POST', ['leaderboards', id, 'stop']);
  }

  /** What the job that trains a leaderboard has written, the last of it. */
  leaderboardLog(id: number, signal?: AbortSignal): Promise<t.LeaderboardLog> {
    return this._get(['leaderboards', id, 'log'], { signal });
  }

  /** Train a leaderboard in a process of the server; `trainingJob` tells how it stands. */
  train(body: t.LeaderboardJobCreate): Promise<t.LeaderboardJobPublic> {
    return this._post(['leaderboards', 'jobs'], body, { outlives: true });
  }

  /** The training jobs of this server without their logs, the newest first. */
  trainingJobs(signal?: AbortSignal): Promise<t.LeaderboardJobPublic[]> {
    return this._get(['leaderboards', 'jobs'], { signal });
  }

  trainingJob(job: string, signal?: AbortSignal): Promise<t.LeaderboardJobPublic> {
    return this._get(['leaderboards', 'jobs', job], { signal });
  }

  endTrainingJob(job: string): Promise<void> {
    return this._send('DELETE', ['leaderboards', 'jobs', job]);
  }

  boardModel(board: number, model: number, signal?: AbortSignal): Promise<t.BoardModelPublic> {
    return this._get(['leaderboards', board, 'models', model], { signal });
  }

  /** Show what was measured on the holdout, for good. */
  unlockHoldout(board: number, model: number): Promise<t.BoardModelPublic> {
    return this._send('POST', ['leaderboards', board, 'models', model, 'unlock']);
  }

  registerBoardModel(
    board: number,
    model: number,
    body: t.BoardPackageCreate
  ): Promise<t.PackagePublic> {
    return this._send('POST', ['leaderboards', board, 'models', model, 'package'], body);
  }

  deployBoardModel(
    board: number,
    model: number,
    body: t.BoardDeploymentCreate
  ): Promise<t.DeploymentPublic> {
    return this._send('POST', ['leaderboards', board, 'models', model, 'deployment'], body);
  }

  replaceByBoardModel(
    board: number,
    model: number,
    body: t.BoardReplacementCreate
  ): Promise<t.ReplacementPublic> {
    return this._send('POST', ['leaderboards', board, 'models', model, 'replacement'], body);
  }

  // --- rows ---

  predict(
    id: Part,
    rows: Row[],
    options: { query?: PredictionQuery; signal?: AbortSignal } = {}
  ): Promise<{ data: Row[] }> {
    return this._post(['deployments', id, 'predictions'], rows, options);
  }

  /** Predict the rows of a CSV, Parquet or Arrow file; the answer in the format of `accept`. */
  predictFile(id: Part, file: Blob, options: RowsOptions<PredictionQuery>): Promise<Blob> {
    return sendFile(this.settings, 'POST', ['deployments', id, 'predictions'], file, options);
  }

  /** Ask an unstructured model with a text or file; its answer, of the type that it has. */
  predictUnstructured(id: Part, content: Blob, options: SendOptions): Promise<Blob> {
    const path = ['deployments', id, 'predictions', 'unstructured'];
    return sendFile(this.settings, 'POST', path, content, options);
  }

  report(
    id: Part,
    rows: Row[],
    options: { query?: ReportQuery; signal?: AbortSignal } = {}
  ): Promise<t.ReportResult> {
    return this._post(['deployments', id, 'reports'], rows, options);
  }

  reportFile(id: Part, file: Blob, options: RowsOptions<ReportQuery>): Promise<t.ReportResult> {
    return sendFileForJson(this.settings, 'POST', ['deployments', id, 'reports'], file, options);
  }

  actuals(
    id: Part,
    rows: Row[],
    options: { query?: ActualsQuery; signal?: AbortSignal } = {}
  ): Promise<t.ActualsResult> {
    return this._post(['deployments', id, 'actuals'], rows, options);
  }

  actualsFile(id: Part, file: Blob, options: RowsOptions<ActualsQuery>): Promise<t.ActualsResult> {
    return sendFileForJson(this.settings, 'POST', ['deployments', id, 'actuals'], file, options);
  }

  /** What pieces of a Parquet file tell of it, and which others would tell more. */
  readonly parquetStart = (size: number, pieces: string, content: Blob): Promise<t.ParquetStart> =>
    sendFileForJson(this.settings, 'POST', ['previews', 'parquet'], content, {
      query: { size, pieces }
    });

  // --- accuracy, drift, health ---

  accuracy(id: Part, query: AccuracyQuery = {}, signal?: AbortSignal): Promise<t.Accuracy> {
    return this._get(['deployments', id, 'accuracy'], { query, signal });
  }

  accuracyDetails(
    id: Part,
    query: DetailsQuery = {},
    signal?: AbortSignal
  ): Promise<t.AccuracyDetails> {
    return this._get(['deployments', id, 'accuracy', 'details'], { query, signal });
  }

  segments(id: Part, query: SegmentsQuery = {}, signal?: AbortSignal): Promise<t.Segments> {
    return this._get(['deployments', id, 'segments'], { query, signal });
  }

  drift(id: Part, query: DriftQuery = {}, signal?: AbortSignal): Promise<t.Drift> {
    return this._get(['deployments', id, 'drift'], { query, signal });
  }

  health(id: Part, query: HealthQuery = {}, signal?: AbortSignal): Promise<t.Health> {
    return this._get(['deployments', id, 'health'], { query, signal });
  }

  private _get<T>(path: readonly Part[], options: RequestOptions = {}): Promise<T> {
    return request<T>(this.settings, 'GET', path, options);
  }

  private _send<T>(method: string, path: readonly Part[], body?: unknown): Promise<T> {
    return request<T>(this.settings, method, path, { body });
  }

  private _post<T>(
    path: readonly Part[],
    body: unknown,
    options: Omit<RequestOptions, 'body'>
  ): Promise<T> {
    return request<T>(this.settings, 'POST', path, { ...options, body });
  }

  private _rules?: Promise<t.MonitoringRules>;
}
