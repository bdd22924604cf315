// Made from the server's OpenAPI document by `make types`; do not edit.

export interface paths {
    "/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a client needs to know of the server */
        get: operations["getInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["getOpenapiJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List registered models by name */
        get: operations["getModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a registered model */
        get: operations["getModelsName"];
        put?: never;
        post?: never;
        /** Delete it with all its packages, if none was deployed */
        delete: operations["deleteModelsName"];
        options?: never;
        head?: never;
        /** Change its description */
        patch: operations["patchModelsName"];
        trace?: never;
    };
    "/models/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a package by version, or the latest */
        get: operations["getModelsNameVersionsVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{name}/aliases/{alias}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a package by alias */
        get: operations["getModelsNameAliasesAlias"];
        /** Point an alias at a version */
        put: operations["putModelsNameAliasesAlias"];
        post?: never;
        /** Take an alias away */
        delete: operations["deleteModelsNameAliasesAlias"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search packages */
        get: operations["getPackages"];
        put?: never;
        /** Register a package */
        post: operations["postPackages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packages/{package_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a package */
        get: operations["getPackagesPackageId"];
        put?: never;
        post?: never;
        /** Delete a package that was never deployed */
        delete: operations["deletePackagesPackageId"];
        options?: never;
        head?: never;
        /** Change description, tags, archived state */
        patch: operations["patchPackagesPackageId"];
        trace?: never;
    };
    "/packages/{package_id}/sbom": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a package's software bill of materials (CycloneDX 1.6, JSON) */
        get: operations["getPackagesPackageIdSbom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packages/{package_id}/environment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The environment that a package asks for, with the log of its building */
        get: operations["getPackagesPackageIdEnvironment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packages/{package_id}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check how a package could be deployed; nothing is loaded, built or made */
        post: operations["postPackagesPackageIdChecks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/packages/{package_id}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a file of a package */
        get: operations["getPackagesPackageIdFilesPath"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin an upload */
        post: operations["postUploads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what has arrived */
        get: operations["getUploadsUploadId"];
        put?: never;
        post?: never;
        /** Throw an upload away */
        delete: operations["deleteUploadsUploadId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Send a file; X-Content-SHA256 is checked where given, Upload-Offset goes on */
        put: operations["putUploadsUploadIdFilesPath"];
        post?: never;
        /** Take a file out of an upload */
        delete: operations["deleteUploadsUploadIdFilesPath"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}/contents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a file or folder that Jupyter's file browser shows into an upload */
        post: operations["postUploadsUploadIdContents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}/archives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the files of a zip or tar in its place; a model that is itself a zip stays */
        post: operations["postUploadsUploadIdArchives"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}/inspection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the inspection stands */
        get: operations["getUploadsUploadIdInspection"];
        put?: never;
        /** Begin to inspect an upload's model and data in a worker; GET tells what is found */
        post: operations["postUploadsUploadIdInspection"];
        /** Cancel the inspection */
        delete: operations["deleteUploadsUploadIdInspection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List deployments */
        get: operations["getDeployments"];
        put?: never;
        /** Create a deployment; a hosted model is loaded and scores its sample first */
        post: operations["postDeployments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a deployment by label or id */
        get: operations["getDeploymentsDeployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change settings or state */
        patch: operations["patchDeploymentsDeployment"];
        trace?: never;
    };
    "/deployments/{deployment}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How it does: service health, drift, accuracy; predictions of the last days */
        get: operations["getDeploymentsDeploymentStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which package was in service when, and why */
        get: operations["getDeploymentsDeploymentHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/replacements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the champion, or with dry_run only check */
        post: operations["postDeploymentsDeploymentReplacements"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the previous package back in service */
        post: operations["postDeploymentsDeploymentRollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List prediction keys */
        get: operations["getDeploymentsDeploymentKeys"];
        put?: never;
        /** Make a prediction key; its secret is shown once */
        post: operations["postDeploymentsDeploymentKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a prediction key */
        delete: operations["deleteDeploymentsDeploymentKeysKeyId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/predictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Predict; every prediction is recorded before it is answered. A custom.py with read_input_data is given a body of any type as it was sent */
        post: operations["postDeploymentsDeploymentPredictions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/predictions/unstructured": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask an unstructured model: any body and any parameters are passed on to it, and its answer back (204 where it has none); counted in the service health */
        post: operations["postDeploymentsDeploymentPredictionsUnstructured"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report predictions made elsewhere; the same association ID again replaces */
        post: operations["postDeploymentsDeploymentReports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/actuals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send what really happened: early, late, repeated or corrected */
        post: operations["postDeploymentsDeploymentActuals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/previews/parquet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Columns and first rows of a Parquet file, from its last 64 KiB and the pieces that the answer wants; nothing is kept */
        post: operations["postPreviewsParquet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/accuracy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accuracy overall and over time, by prediction time */
        get: operations["getDeploymentsDeploymentAccuracy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The segment columns and their values, or the values of one column compared */
        get: operations["getDeploymentsDeploymentSegments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/accuracy/details": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Score bins, confusion and a sample of rows, for curves and scatter plots */
        get: operations["getDeploymentsDeploymentAccuracyDetails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Drift of inputs and predictions from the package's baseline, overall and over time */
        get: operations["getDeploymentsDeploymentDrift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Requests, errors and times, overall and over time */
        get: operations["getDeploymentsDeploymentHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment}/rebuild-accuracy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compute what accuracy is read from anew, from the recorded rows */
        post: operations["postDeploymentsDeploymentRebuildAccuracy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rebuild-accuracy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same for every deployment */
        post: operations["postRebuildAccuracy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List leaderboards */
        get: operations["getLeaderboards"];
        put?: never;
        /** Begin a leaderboard that is trained elsewhere, in a kernel */
        post: operations["postLeaderboards"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The training jobs of this server, the newest first */
        get: operations["getLeaderboardsJobs"];
        put?: never;
        /** Train a leaderboard in a process of the server; GET tells how it stands */
        post: operations["postLeaderboardsJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a training job stands */
        get: operations["getLeaderboardsJobsJob"];
        put?: never;
        post?: never;
        /** End it at once; what it has made is kept */
        delete: operations["deleteLeaderboardsJobsJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a leaderboard with its models */
        get: operations["getLeaderboardsLeaderboardId"];
        put?: never;
        post?: never;
        /** Delete it, once it has ended; packages made of its models stay */
        delete: operations["deleteLeaderboardsLeaderboardId"];
        options?: never;
        head?: never;
        /** Say how its training stands or ended */
        patch: operations["patchLeaderboardsLeaderboardId"];
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask its training to stop, keeping the models that are there */
        post: operations["postLeaderboardsLeaderboardIdStop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the job that trains it has written, the last of it */
        get: operations["getLeaderboardsLeaderboardIdLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a candidate that its training finished, or that failed */
        post: operations["postLeaderboardsLeaderboardIdModels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a model of a leaderboard */
        get: operations["getLeaderboardsLeaderboardIdModelsNumber"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}/unlock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what was measured on the holdout, for good */
        post: operations["postLeaderboardsLeaderboardIdModelsNumberUnlock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a file of a model */
        get: operations["getLeaderboardsLeaderboardIdModelsNumberFilesPath"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}/package": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a native package of a model; the same one when asked again (status 200) */
        post: operations["postLeaderboardsLeaderboardIdModelsNumberPackage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}/deployment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deploy a model; its package and the deployment are made together, or neither is */
        post: operations["postLeaderboardsLeaderboardIdModelsNumberDeployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}/replacement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace a deployment's champion by a model, or with dry_run only check */
        post: operations["postLeaderboardsLeaderboardIdModelsNumberReplacement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}/environment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The environment that a model asks for, with the log of its building */
        get: operations["getLeaderboardsLeaderboardIdModelsNumberEnvironment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/leaderboards/{leaderboard_id}/models/{number}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check how a model could be deployed; nothing is loaded, built or made */
        post: operations["postLeaderboardsLeaderboardIdModelsNumberChecks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Accuracy
         * @description Accuracy overall and over time.
         */
        Accuracy: {
            /** Deployment Id */
            deployment_id: number;
            /**
             * Package Id
             * @default null
             */
            package_id?: number | null;
            /**
             * Segment
             * @default null
             */
            segment?: string | null;
            /**
             * Segment Value
             * @default null
             */
            segment_value?: string | null;
            /** Bucket */
            bucket: string;
            /**
             * Start
             * @default null
             */
            start?: string | null;
            /**
             * End
             * @default null
             */
            end?: string | null;
            /** @default null */
            overall?: components["schemas"]["AccuracyBucket"] | null;
            /**
             * Buckets
             * @default []
             */
            buckets?: components["schemas"]["AccuracyBucket"][];
            /**
             * Confusion Matrix
             * @default null
             */
            confusion_matrix?: number[][] | null;
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /** @default null */
            target_type?: components["schemas"]["TargetType"] | null;
            /**
             * History
             * @default []
             */
            history?: components["schemas"]["ServicePeriod"][];
            /**
             * Replacements
             * @default []
             */
            replacements?: components["schemas"]["ReplacementMark"][];
        };
        /**
         * AccuracyBucket
         * @description Accuracy of the predictions made in ``[start, end)``; ``n`` 0 says there is no data.
         */
        AccuracyBucket: {
            /** N */
            n: number;
            /** N Predicted */
            n_predicted: number;
            /**
             * Metrics
             * @default {}
             */
            metrics?: {
                [key: string]: components["schemas"]["MetricValue"];
            };
            /**
             * Mean Predicted
             * @default null
             */
            mean_predicted?: number | null;
            /**
             * Mean Actual
             * @default null
             */
            mean_actual?: number | null;
            /**
             * Predicted Shares
             * @default null
             */
            predicted_shares?: {
                [key: string]: number;
            } | null;
            /**
             * Actual Shares
             * @default null
             */
            actual_shares?: {
                [key: string]: number;
            } | null;
            /**
             * Start
             * Format: date-time
             */
            start: string;
            /**
             * End
             * Format: date-time
             */
            end: string;
        };
        /**
         * AccuracyDetails
         * @description Matched predictions of a range of time, in more detail than metrics tell.
         */
        AccuracyDetails: {
            /** Deployment Id */
            deployment_id: number;
            /**
             * Package Id
             * @default null
             */
            package_id?: number | null;
            /**
             * Segment
             * @default null
             */
            segment?: string | null;
            /**
             * Segment Value
             * @default null
             */
            segment_value?: string | null;
            /**
             * Start
             * @default null
             */
            start?: string | null;
            /**
             * End
             * @default null
             */
            end?: string | null;
            /**
             * N
             * @default 0
             */
            n?: number;
            target_type: components["schemas"]["TargetType"];
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Threshold
             * @default null
             */
            threshold?: number | null;
            /**
             * Confusion Matrix
             * @default null
             */
            confusion_matrix?: number[][] | null;
            /**
             * Score Bins
             * @default null
             */
            score_bins?: components["schemas"]["ScoreBin"][] | null;
            /**
             * Sample
             * @default null
             */
            sample?: components["schemas"]["SampledRow"][] | null;
        };
        /**
         * AccuracyRules
         * @description Worse than the baseline by which share of it a deployment warns, or fails; of fewer rows
         *     with their actual than ``least_rows`` nothing is said.
         */
        AccuracyRules: {
            /** Warning */
            warning: number;
            /** Failing */
            failing: number;
            /** Least Rows */
            least_rows: number;
        };
        /**
         * ActualsResult
         * @description What became of uploaded actuals.
         */
        ActualsResult: {
            /** Accepted */
            accepted: number;
            /** Matched */
            matched: number;
            /** Replaced */
            replaced: number;
            /** Waiting */
            waiting: number;
            /** Rejected */
            rejected: number;
            /**
             * Rejections
             * @default []
             */
            rejections?: components["schemas"]["RowRejected"][];
        };
        /**
         * AliasSet
         * @description Point an alias of a registered model at a version.
         */
        AliasSet: {
            /** Version */
            version: number;
        };
        /**
         * ArchiveTake
         * @description Take an archive of an upload apart: its files take its place.
         */
        ArchiveTake: {
            /** Path */
            path: string;
        };
        /**
         * BlueprintStep
         * @description One step of a model's pipeline, for the diagram.
         */
        BlueprintStep: {
            /** Step */
            step: string;
            /** Kind */
            kind: string;
            /** Columns */
            columns?: string[];
            /**
             * Text
             * @default
             */
            text?: string;
        };
        /**
         * BoardDeploymentCreate
         * @description Deploy a leaderboard's model: package and deployment are made together, or neither is.
         */
        BoardDeploymentCreate: {
            /** Label */
            label: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** @default moderate */
            importance?: components["schemas"]["Importance"];
            /**
             * Association Id Column
             * @default null
             */
            association_id_column?: string | null;
            /**
             * Association Id Required
             * @default false
             */
            association_id_required?: boolean;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /**
             * Store Features
             * @default false
             */
            store_features?: boolean;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /** @default kernelspec */
            environment?: components["schemas"]["ModelEnvironment"];
            /**
             * Segment Columns
             * @default []
             */
            segment_columns?: string[];
            /**
             * Predict Seconds
             * @default null
             */
            predict_seconds?: number | null;
            /**
             * @default {
             *       "name": null,
             *       "description": "",
             *       "tags": {},
             *       "aliases": []
             *     }
             */
            package?: components["schemas"]["BoardPackageCreate"];
        };
        /**
         * BoardModelCreate
         * @description Add a candidate to a running leaderboard.
         *
         *     One that is done names an upload, whose files (those in ``files``, or all) become the model's.
         */
        BoardModelCreate: {
            /** Label */
            label: string;
            /**
             * Family
             * @default
             */
            family?: string;
            /** @default done */
            state?: components["schemas"]["BoardModelState"];
            /**
             * Reason
             * @default null
             */
            reason?: string | null;
            /**
             * Training Seconds
             * @default null
             */
            training_seconds?: number | null;
            /**
             * Scoring Ms
             * @default null
             */
            scoring_ms?: number | null;
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Parameters
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Validation
             * @default {}
             */
            validation?: {
                [key: string]: components["schemas"]["ValidationScore"];
            };
            /**
             * Blueprint
             * @default []
             */
            blueprint?: components["schemas"]["BlueprintStep"][];
            /**
             * Details
             * @default {}
             */
            details?: {
                [key: string]: unknown;
            };
            /**
             * Upload
             * @default null
             */
            upload?: string | null;
            /**
             * Files
             * @default null
             */
            files?: string[] | null;
            /**
             * Baseline
             * @default null
             */
            baseline?: {
                [key: string]: unknown;
            } | null;
            /**
             * Input Example
             * @default null
             */
            input_example?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * Provenance
             * @default {}
             */
            provenance?: {
                [key: string]: unknown;
            };
        };
        /**
         * BoardModelPublic
         * @description One model of a leaderboard, whole.
         */
        BoardModelPublic: {
            /** Label */
            label: string;
            /**
             * Family
             * @default
             */
            family?: string;
            /** @default done */
            state?: components["schemas"]["BoardModelState"];
            /**
             * Reason
             * @default null
             */
            reason?: string | null;
            /**
             * Training Seconds
             * @default null
             */
            training_seconds?: number | null;
            /**
             * Scoring Ms
             * @default null
             */
            scoring_ms?: number | null;
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Parameters
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Validation
             * @default {}
             */
            validation?: {
                [key: string]: components["schemas"]["ValidationScore"];
            };
            /** Number */
            number: number;
            /**
             * Size
             * @default 0
             */
            size?: number;
            /**
             * Digest
             * @default null
             */
            digest?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Holdout
             * @default null
             */
            holdout?: {
                [key: string]: unknown;
            } | null;
            /**
             * Unlocked At
             * @default null
             */
            unlocked_at?: string | null;
            /**
             * Unlocked By
             * @default null
             */
            unlocked_by?: string | null;
            /**
             * Package Id
             * @default null
             */
            package_id?: number | null;
            /**
             * Package
             * @default null
             */
            package?: string | null;
            /** Leaderboard Id */
            leaderboard_id: number;
            /**
             * Blueprint
             * @default []
             */
            blueprint?: components["schemas"]["BlueprintStep"][];
            /**
             * Details
             * @default {}
             */
            details?: {
                [key: string]: unknown;
            };
            /**
             * Files
             * @default []
             */
            files?: components["schemas"]["FilePublic"][];
            /**
             * Baseline
             * @default null
             */
            baseline?: {
                [key: string]: unknown;
            } | null;
            /**
             * Input Example
             * @default null
             */
            input_example?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * Provenance
             * @default {}
             */
            provenance?: {
                [key: string]: unknown;
            };
        };
        /**
         * BoardModelState
         * @description What became of one candidate of a leaderboard.
         * @enum {string}
         */
        BoardModelState: "done" | "failed";
        /**
         * BoardModelSummary
         * @description A row of a leaderboard's table.
         */
        BoardModelSummary: {
            /** Label */
            label: string;
            /**
             * Family
             * @default
             */
            family?: string;
            /** @default done */
            state?: components["schemas"]["BoardModelState"];
            /**
             * Reason
             * @default null
             */
            reason?: string | null;
            /**
             * Training Seconds
             * @default null
             */
            training_seconds?: number | null;
            /**
             * Scoring Ms
             * @default null
             */
            scoring_ms?: number | null;
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Parameters
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Validation
             * @default {}
             */
            validation?: {
                [key: string]: components["schemas"]["ValidationScore"];
            };
            /** Number */
            number: number;
            /**
             * Size
             * @default 0
             */
            size?: number;
            /**
             * Digest
             * @default null
             */
            digest?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Holdout
             * @default null
             */
            holdout?: {
                [key: string]: unknown;
            } | null;
            /**
             * Unlocked At
             * @default null
             */
            unlocked_at?: string | null;
            /**
             * Unlocked By
             * @default null
             */
            unlocked_by?: string | null;
            /**
             * Package Id
             * @default null
             */
            package_id?: number | null;
            /**
             * Package
             * @default null
             */
            package?: string | null;
        };
        /**
         * BoardPackageCreate
         * @description Make a package of a leaderboard's model; what was made already is given again.
         *
         *     Tags and aliases are then added to it.
         */
        BoardPackageCreate: {
            /**
             * Name
             * @default null
             */
            name?: string | null;
            /**
             * Description
             * @default
             */
            description?: string;
            /** Tags */
            tags?: {
                [key: string]: string;
            };
            /** Aliases */
            aliases?: string[];
        };
        /**
         * BoardReplacementCreate
         * @description Replace a deployment's champion by a leaderboard's model, or with ``dry_run`` only check.
         *
         *     Package and replacement are made together, or neither is.
         */
        BoardReplacementCreate: {
            /** @default other */
            reason?: components["schemas"]["ReplacementReason"];
            /**
             * Note
             * @default
             */
            note?: string;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /** @default null */
            environment?: components["schemas"]["ModelEnvironment"] | null;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /** Deployment */
            deployment: string;
            /**
             * @default {
             *       "name": null,
             *       "description": "",
             *       "tags": {},
             *       "aliases": []
             *     }
             */
            package?: components["schemas"]["BoardPackageCreate"];
        };
        /**
         * BuildState
         * @description How the environment of a package stands.
         * @enum {string}
         */
        BuildState: "absent" | "building" | "ready" | "failed";
        /**
         * Check
         * @description One validation check of a replacement.
         */
        Check: {
            /** Name */
            name: string;
            status: components["schemas"]["CheckStatus"];
            /** Message */
            message: string;
        };
        /**
         * CheckStatus
         * @description The outcome of one validation check.
         * @enum {string}
         */
        CheckStatus: "passing" | "warning" | "failing";
        /**
         * ContentsTake
         * @description Take a file or a folder of those that Jupyter's file browser shows into an upload.
         */
        ContentsTake: {
            /** Path */
            path: string;
            /**
             * As
             * @default null
             */
            as?: string | null;
        };
        /**
         * ContentsTaken
         * @description What was taken of it, and what was not, with the reason.
         */
        ContentsTaken: {
            /**
             * Files
             * @default []
             */
            files?: components["schemas"]["FilePublic"][];
            /**
             * Left Out
             * @default {}
             */
            left_out?: {
                [key: string]: string;
            };
        };
        /**
         * DeploymentCheck
         * @description Check how a package could be deployed; nothing is loaded, built or made.
         */
        DeploymentCheck: {
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /** @default kernelspec */
            environment?: components["schemas"]["ModelEnvironment"];
        };
        /**
         * DeploymentCreate
         * @description Create a deployment from a package; names a package by ``package_id``.
         */
        DeploymentCreate: {
            /** Label */
            label: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** @default moderate */
            importance?: components["schemas"]["Importance"];
            /**
             * Association Id Column
             * @default null
             */
            association_id_column?: string | null;
            /**
             * Association Id Required
             * @default false
             */
            association_id_required?: boolean;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /**
             * Store Features
             * @default false
             */
            store_features?: boolean;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /** @default kernelspec */
            environment?: components["schemas"]["ModelEnvironment"];
            /**
             * Segment Columns
             * @default []
             */
            segment_columns?: string[];
            /**
             * Predict Seconds
             * @default null
             */
            predict_seconds?: number | null;
            /** Package Id */
            package_id: number;
        };
        /**
         * DeploymentLights
         * @description A deployment's status with its predictions of the last days.
         */
        DeploymentLights: {
            /** @default null */
            status?: components["schemas"]["DeploymentStatus"] | null;
            /**
             * Predictions By Day
             * @default null
             */
            predictions_by_day?: number[] | null;
        };
        /**
         * DeploymentListed
         * @description A deployment in a list, with its status where that was asked for.
         */
        DeploymentListed: {
            /** @default null */
            status?: components["schemas"]["DeploymentStatus"] | null;
            /**
             * Predictions By Day
             * @default null
             */
            predictions_by_day?: number[] | null;
            /** Label */
            label: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** @default moderate */
            importance?: components["schemas"]["Importance"];
            /**
             * Association Id Column
             * @default null
             */
            association_id_column?: string | null;
            /**
             * Association Id Required
             * @default false
             */
            association_id_required?: boolean;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /**
             * Store Features
             * @default false
             */
            store_features?: boolean;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /** @default kernelspec */
            environment?: components["schemas"]["ModelEnvironment"];
            /** Segment Columns */
            segment_columns?: string[];
            /**
             * Predict Seconds
             * @default null
             */
            predict_seconds?: number | null;
            /** Id */
            id: number;
            state: components["schemas"]["DeploymentState"];
            /** Package Id */
            package_id: number;
            /** Package */
            package: string;
            kind: components["schemas"]["PackageKind"];
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Rows Predicted
             * @default 0
             */
            rows_predicted?: number;
            /**
             * Rows Matched
             * @default 0
             */
            rows_matched?: number;
            /**
             * Rows Waiting
             * @default 0
             */
            rows_waiting?: number;
        };
        /**
         * DeploymentPage
         * @description One page of deployments.
         */
        DeploymentPage: {
            /** Items */
            items: components["schemas"]["DeploymentListed"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
            /**
             * Total
             * @default null
             */
            total?: number | null;
        };
        /**
         * DeploymentPublic
         * @description A deployment as the API answers it.
         */
        DeploymentPublic: {
            /** Label */
            label: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** @default moderate */
            importance?: components["schemas"]["Importance"];
            /**
             * Association Id Column
             * @default null
             */
            association_id_column?: string | null;
            /**
             * Association Id Required
             * @default false
             */
            association_id_required?: boolean;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /**
             * Store Features
             * @default false
             */
            store_features?: boolean;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /** @default kernelspec */
            environment?: components["schemas"]["ModelEnvironment"];
            /** Segment Columns */
            segment_columns?: string[];
            /**
             * Predict Seconds
             * @default null
             */
            predict_seconds?: number | null;
            /** Id */
            id: number;
            state: components["schemas"]["DeploymentState"];
            /** Package Id */
            package_id: number;
            /** Package */
            package: string;
            kind: components["schemas"]["PackageKind"];
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Rows Predicted
             * @default 0
             */
            rows_predicted?: number;
            /**
             * Rows Matched
             * @default 0
             */
            rows_matched?: number;
            /**
             * Rows Waiting
             * @default 0
             */
            rows_waiting?: number;
        };
        /**
         * DeploymentState
         * @description Whether a deployment takes predictions.
         * @enum {string}
         */
        DeploymentState: "active" | "inactive" | "archived";
        /**
         * DeploymentStatus
         * @description How a deployment does, see `domain.deployment_status`.
         */
        DeploymentStatus: {
            service: components["schemas"]["Judged"];
            drift: components["schemas"]["Judged"];
            accuracy: components["schemas"]["Judged"];
        };
        /**
         * DeploymentUpdate
         * @description What may change of a deployment; absent fields stay.
         */
        DeploymentUpdate: {
            /**
             * Label
             * @default null
             */
            label?: string | null;
            /**
             * Description
             * @default null
             */
            description?: string | null;
            /** @default null */
            importance?: components["schemas"]["Importance"] | null;
            /**
             * Association Id Column
             * @default null
             */
            association_id_column?: string | null;
            /**
             * Association Id Required
             * @default null
             */
            association_id_required?: boolean | null;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /**
             * Store Features
             * @default null
             */
            store_features?: boolean | null;
            /**
             * Segment Columns
             * @default null
             */
            segment_columns?: string[] | null;
            /**
             * Predict Seconds
             * @default null
             */
            predict_seconds?: number | null;
            /** @default null */
            state?: components["schemas"]["DeploymentState"] | null;
        };
        /**
         * Drift
         * @description Drift of a deployment's inputs and predictions, overall and over time.
         */
        Drift: {
            /** Deployment Id */
            deployment_id: number;
            /**
             * Package Id
             * @default null
             */
            package_id?: number | null;
            /** Bucket */
            bucket: string;
            /**
             * Start
             * @default null
             */
            start?: string | null;
            /**
             * End
             * @default null
             */
            end?: string | null;
            /**
             * N
             * @default 0
             */
            n?: number;
            /** @default unknown */
            status?: components["schemas"]["Status"];
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** @default null */
            target?: components["schemas"]["FeatureDrift"] | null;
            /**
             * Features
             * @default []
             */
            features?: components["schemas"]["FeatureDrift"][];
            /**
             * Buckets
             * @default []
             */
            buckets?: components["schemas"]["DriftBucket"][];
            /**
             * Replacements
             * @default []
             */
            replacements?: components["schemas"]["ReplacementMark"][];
        };
        /**
         * DriftBin
         * @description A bin of a feature: its share of the baseline's rows and of those predicted since.
         */
        DriftBin: {
            /** Name */
            name: string;
            /** Baseline */
            baseline: number;
            /**
             * Predicted
             * @default null
             */
            predicted?: number | null;
        };
        /**
         * DriftBucket
         * @description Drift of the predictions made in ``[start, end)``; ``n`` 0 says there is no data.
         */
        DriftBucket: {
            /**
             * Start
             * Format: date-time
             */
            start: string;
            /**
             * End
             * Format: date-time
             */
            end: string;
            /** N */
            n: number;
            /**
             * Target
             * @default null
             */
            target?: number | null;
            /**
             * Features
             * @default {}
             */
            features?: {
                [key: string]: number | null;
            };
        };
        /**
         * DriftRules
         * @description From which population stability index on a column warns, or fails; of fewer rows than
         *     ``least_rows`` nothing is said.
         */
        DriftRules: {
            /** Warning */
            warning: number;
            /** Failing */
            failing: number;
            /** Least Rows */
            least_rows: number;
        };
        /**
         * Engine
         * @description What searched for the models.
         */
        Engine: {
            /** Name */
            name: string;
            /**
             * Version
             * @default
             */
            version?: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * EnvironmentPublic
         * @description The environment that a deployment of a package would run in, by its requirements.
         */
        EnvironmentPublic: {
            /** Package Id */
            package_id: number | null;
            state: components["schemas"]["BuildState"];
            /** Source */
            source: string;
            /** Requirements */
            requirements: string[];
            /**
             * Added
             * @default []
             */
            added?: string[];
            /**
             * Notes
             * @default []
             */
            notes?: string[];
            /** Python */
            python: string;
            /**
             * Python Wanted
             * @default null
             */
            python_wanted?: string | null;
            /** Key */
            key: string;
            /**
             * Size
             * @default null
             */
            size?: number | null;
            /**
             * Seconds
             * @default null
             */
            seconds?: number | null;
            /**
             * Log
             * @default
             */
            log?: string;
            /**
             * Log Offset
             * @default 0
             */
            log_offset?: number;
            /** @default null */
            problem?: components["schemas"]["Problem"] | null;
        };
        /**
         * FeatureDrift
         * @description How far a column's values moved from the baseline.
         */
        FeatureDrift: {
            /** Name */
            name: string;
            /** Dtype */
            dtype: string;
            /**
             * Psi
             * @default null
             */
            psi?: number | null;
            /**
             * N
             * @default 0
             */
            n?: number;
            /**
             * Importance
             * @default null
             */
            importance?: number | null;
            /** @default unknown */
            status?: components["schemas"]["Status"];
            /**
             * Bins
             * @default []
             */
            bins?: components["schemas"]["DriftBin"][];
        };
        /**
         * FilePublic
         * @description One file of a package: path with ``/``, SHA-256 in hex, size in bytes.
         */
        FilePublic: {
            /** Path */
            path: string;
            /** Sha256 */
            sha256: string;
            /** Size */
            size: number;
        };
        /**
         * Health
         * @description Service health of a deployment, overall and over time.
         */
        Health: {
            /** Deployment Id */
            deployment_id: number;
            /**
             * Package Id
             * @default null
             */
            package_id?: number | null;
            /** Bucket */
            bucket: string;
            /**
             * Start
             * @default null
             */
            start?: string | null;
            /**
             * End
             * @default null
             */
            end?: string | null;
            /** @default unknown */
            status?: components["schemas"]["Status"];
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** @default null */
            overall?: components["schemas"]["HealthBucket"] | null;
            /**
             * Buckets
             * @default []
             */
            buckets?: components["schemas"]["HealthBucket"][];
            /**
             * Last Prediction At
             * @default null
             */
            last_prediction_at?: string | null;
            /**
             * Replacements
             * @default []
             */
            replacements?: components["schemas"]["ReplacementMark"][];
        };
        /**
         * HealthBucket
         * @description Requests in ``[start, end)``; ``requests`` 0 says there were none.
         */
        HealthBucket: {
            /**
             * Start
             * Format: date-time
             */
            start: string;
            /**
             * End
             * Format: date-time
             */
            end: string;
            /**
             * Requests
             * @default 0
             */
            requests?: number;
            /**
             * Rows
             * @default 0
             */
            rows?: number;
            /**
             * Client Errors
             * @default 0
             */
            client_errors?: number;
            /**
             * Server Errors
             * @default 0
             */
            server_errors?: number;
            /**
             * Response Ms
             * @default {}
             */
            response_ms?: {
                [key: string]: number;
            };
            /**
             * Model Ms
             * @default {}
             */
            model_ms?: {
                [key: string]: number;
            };
        };
        /**
         * HealthRules
         * @description Shares of requests from which on a deployment warns, or fails.
         */
        HealthRules: {
            /** Failing Server Errors */
            failing_server_errors: number;
            /** Warning Server Errors */
            warning_server_errors: number;
            /** Warning Client Errors */
            warning_client_errors: number;
        };
        /**
         * Importance
         * @description How much depends on a deployment.
         * @enum {string}
         */
        Importance: "low" | "moderate" | "high" | "critical";
        /**
         * Incumbent
         * @description A model of a leaderboard's predecessor, as it did on the newer one's holdout.
         */
        Incumbent: {
            /** Leaderboard Id */
            leaderboard_id: number;
            /** Number */
            number: number;
            /** Label */
            label: string;
            /**
             * Package
             * @default null
             */
            package?: string | null;
            /** Metrics */
            metrics?: {
                [key: string]: unknown;
            };
            /**
             * Reason
             * @default null
             */
            reason?: string | null;
        };
        /**
         * InspectionCreate
         * @description Inspect an upload's model and data; what is known already is taken as it is said.
         */
        InspectionCreate: {
            /** @default custom */
            kind?: components["schemas"]["PackageKind"];
            /**
             * Files
             * @default null
             */
            files?: string[] | null;
            /**
             * Training
             * @default null
             */
            training?: string | null;
            /**
             * Holdout
             * @default null
             */
            holdout?: string | null;
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Target Name
             * @default null
             */
            target_name?: string | null;
            /** @default null */
            target_type?: components["schemas"]["TargetType"] | null;
            /**
             * Class Labels
             * @default null
             */
            class_labels?: string[] | null;
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /**
             * Predictions
             * @default null
             */
            predictions?: string | null;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /**
             * Own Code
             * @default false
             */
            own_code?: boolean;
        };
        /**
         * InspectionPublic
         * @description How an inspection stands, and what it has found.
         */
        InspectionPublic: {
            state: components["schemas"]["InspectionState"];
            /** @default null */
            stage?: components["schemas"]["InspectionStage"] | null;
            /**
             * Rows Done
             * @default 0
             */
            rows_done?: number;
            /**
             * Rows
             * @default 0
             */
            rows?: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Seconds
             * @default 0
             */
            seconds?: number;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /**
             * Size
             * @default 0
             */
            size?: number;
            /**
             * Framework
             * @default null
             */
            framework?: string | null;
            /**
             * Framework Version
             * @default null
             */
            framework_version?: string | null;
            /**
             * Feature Names
             * @default null
             */
            feature_names?: string[] | null;
            /**
             * Columns
             * @default []
             */
            columns?: string[];
            /**
             * Package
             * @default {}
             */
            package?: {
                [key: string]: unknown;
            };
            /**
             * Missing
             * @default {}
             */
            missing?: {
                [key: string]: string;
            };
            /**
             * Warnings
             * @default []
             */
            warnings?: string[];
            /**
             * Findings
             * @default []
             */
            findings?: {
                [key: string]: string;
            }[];
            /** @default null */
            problem?: components["schemas"]["Problem"] | null;
        };
        /**
         * InspectionStage
         * @description What an inspection is at.
         * @enum {string}
         */
        InspectionStage: "waiting" | "copying" | "scanning" | "starting" | "loading" | "reading" | "scoring" | "measuring";
        /**
         * InspectionState
         * @description How an inspection of a model stands.
         * @enum {string}
         */
        InspectionState: "running" | "done" | "failed";
        /**
         * JobState
         * @description How a training job of the server stands.
         * @enum {string}
         */
        JobState: "starting" | "running" | "done" | "stopped" | "failed";
        /**
         * Judged
         * @description How a deployment does in one respect, and why, in a sentence.
         */
        Judged: {
            /** @default unknown */
            status?: components["schemas"]["Status"];
            /**
             * Reason
             * @default
             */
            reason?: string;
        };
        /**
         * KeyCreate
         * @description Make a prediction key.
         */
        KeyCreate: {
            /**
             * Name
             * @default
             */
            name?: string;
        };
        /**
         * KeyCreated
         * @description A prediction key just made, with its secret.
         */
        KeyCreated: {
            /** Id */
            id: number;
            /** Name */
            name: string;
            /** Prefix */
            prefix: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Revoked At
             * @default null
             */
            revoked_at?: string | null;
            /** Key */
            key: string;
        };
        /**
         * KeyPublic
         * @description A prediction key as listed; the secret is never shown again.
         */
        KeyPublic: {
            /** Id */
            id: number;
            /** Name */
            name: string;
            /** Prefix */
            prefix: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Revoked At
             * @default null
             */
            revoked_at?: string | null;
        };
        /**
         * LeaderboardCreate
         * @description Begin a leaderboard, as soon as the data are checked and before anything is trained.
         */
        LeaderboardCreate: {
            /** Name */
            name: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /** Metric */
            metric: string;
            /**
             * Seed
             * @default null
             */
            seed?: number | null;
            /**
             * Time Budget
             * @default null
             */
            time_budget?: number | null;
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /**
             * Signature
             * @default []
             */
            signature?: {
                [key: string]: unknown;
            }[];
            engine: components["schemas"]["Engine"];
            partition: components["schemas"]["Partition"];
            data: components["schemas"]["TrainingData"];
            /**
             * Warnings
             * @default []
             */
            warnings?: string[];
            /**
             * Recipe
             * @default {}
             */
            recipe?: {
                [key: string]: unknown;
            };
            /**
             * Provenance
             * @default {}
             */
            provenance?: {
                [key: string]: unknown;
            };
            /**
             * Predecessor Id
             * @default null
             */
            predecessor_id?: number | null;
            /** @default null */
            trainer?: components["schemas"]["Trainer"] | null;
        };
        /**
         * LeaderboardJobCreate
         * @description Train a leaderboard in a worker process of the server.
         *
         *     The data are a file of an upload, or one that Jupyter's file browser shows: CSV, Parquet or
         *     Arrow.
         */
        LeaderboardJobCreate: {
            /**
             * Upload
             * @default null
             */
            upload?: string | null;
            /**
             * File
             * @default null
             */
            file?: string | null;
            /**
             * Contents
             * @default null
             */
            contents?: string | null;
            /** Target Name */
            target_name: string;
            /**
             * Time Budget
             * @default null
             */
            time_budget?: number | null;
            /**
             * Name
             * @default null
             */
            name?: string | null;
            /** Options */
            options?: {
                [key: string]: unknown;
            };
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /**
             * Predecessor Id
             * @default null
             */
            predecessor_id?: number | null;
            /**
             * Token
             * @default null
             */
            token?: string | null;
        };
        /**
         * LeaderboardJobPublic
         * @description How a training job stands.
         */
        LeaderboardJobPublic: {
            /** Id */
            id: string;
            state: components["schemas"]["JobState"];
            /**
             * Leaderboard Id
             * @default null
             */
            leaderboard_id?: number | null;
            /**
             * @default {
             *       "stage": "",
             *       "done": 0,
             *       "total": 0,
             *       "seconds_left": null,
             *       "text": ""
             *     }
             */
            progress?: components["schemas"]["Progress"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Ended At
             * @default null
             */
            ended_at?: string | null;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /**
             * Source
             * @default
             */
            source?: string;
            /** Target Name */
            target_name: string;
            /**
             * Predecessor Id
             * @default null
             */
            predecessor_id?: number | null;
            /**
             * Token
             * @default null
             */
            token?: string | null;
            /**
             * Log
             * @default
             */
            log?: string;
            /** @default null */
            problem?: components["schemas"]["Problem"] | null;
        };
        /**
         * LeaderboardLog
         * @description What the job that trains a leaderboard has written, the last of it.
         */
        LeaderboardLog: {
            /**
             * Text
             * @default
             */
            text?: string;
        };
        /**
         * LeaderboardPage
         * @description One page of leaderboards; ``next_cursor`` is ``None`` on the last.
         */
        LeaderboardPage: {
            /** Items */
            items: components["schemas"]["LeaderboardSummary"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
            /**
             * Total
             * @default null
             */
            total?: number | null;
        };
        /**
         * LeaderboardPublic
         * @description One leaderboard, whole, with its models as far as a table shows them.
         */
        LeaderboardPublic: {
            /** Name */
            name: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /** Metric */
            metric: string;
            /**
             * Seed
             * @default null
             */
            seed?: number | null;
            /**
             * Time Budget
             * @default null
             */
            time_budget?: number | null;
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /**
             * Signature
             * @default []
             */
            signature?: {
                [key: string]: unknown;
            }[];
            engine: components["schemas"]["Engine"];
            partition: components["schemas"]["Partition"];
            data: components["schemas"]["TrainingData"];
            /**
             * Warnings
             * @default []
             */
            warnings?: string[];
            /** Id */
            id: number;
            state: components["schemas"]["LeaderboardState"];
            /**
             * @default {
             *       "stage": "",
             *       "done": 0,
             *       "total": 0,
             *       "seconds_left": null,
             *       "text": ""
             *     }
             */
            progress?: components["schemas"]["Progress"];
            /**
             * Error
             * @default null
             */
            error?: string | null;
            /**
             * Is Job
             * @default false
             */
            is_job?: boolean;
            /**
             * Stop Requested
             * @default false
             */
            stop_requested?: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Ended At
             * @default null
             */
            ended_at?: string | null;
            /**
             * Predecessor Id
             * @default null
             */
            predecessor_id?: number | null;
            /**
             * Models Done
             * @default 0
             */
            models_done?: number;
            /**
             * Models Failed
             * @default 0
             */
            models_failed?: number;
            /**
             * Packages
             * @default []
             */
            packages?: string[];
            /**
             * Leader
             * @default null
             */
            leader?: string | null;
            /**
             * Leader Number
             * @default null
             */
            leader_number?: number | null;
            /**
             * Leader Score
             * @default null
             */
            leader_score?: number | null;
            /**
             * Recipe
             * @default {}
             */
            recipe?: {
                [key: string]: unknown;
            };
            /**
             * Provenance
             * @default {}
             */
            provenance?: {
                [key: string]: unknown;
            };
            /**
             * Successors
             * @default []
             */
            successors?: number[];
            /**
             * Incumbents
             * @default []
             */
            incumbents?: components["schemas"]["Incumbent"][];
            /**
             * Models
             * @default []
             */
            models?: components["schemas"]["BoardModelSummary"][];
        };
        /**
         * LeaderboardState
         * @description How the automated training of a leaderboard stands.
         * @enum {string}
         */
        LeaderboardState: "running" | "done" | "stopped" | "failed";
        /**
         * LeaderboardSummary
         * @description A row of a list of leaderboards.
         */
        LeaderboardSummary: {
            /** Name */
            name: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /** Metric */
            metric: string;
            /**
             * Seed
             * @default null
             */
            seed?: number | null;
            /**
             * Time Budget
             * @default null
             */
            time_budget?: number | null;
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /**
             * Signature
             * @default []
             */
            signature?: {
                [key: string]: unknown;
            }[];
            engine: components["schemas"]["Engine"];
            partition: components["schemas"]["Partition"];
            data: components["schemas"]["TrainingData"];
            /**
             * Warnings
             * @default []
             */
            warnings?: string[];
            /** Id */
            id: number;
            state: components["schemas"]["LeaderboardState"];
            /**
             * @default {
             *       "stage": "",
             *       "done": 0,
             *       "total": 0,
             *       "seconds_left": null,
             *       "text": ""
             *     }
             */
            progress?: components["schemas"]["Progress"];
            /**
             * Error
             * @default null
             */
            error?: string | null;
            /**
             * Is Job
             * @default false
             */
            is_job?: boolean;
            /**
             * Stop Requested
             * @default false
             */
            stop_requested?: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Ended At
             * @default null
             */
            ended_at?: string | null;
            /**
             * Predecessor Id
             * @default null
             */
            predecessor_id?: number | null;
            /**
             * Models Done
             * @default 0
             */
            models_done?: number;
            /**
             * Models Failed
             * @default 0
             */
            models_failed?: number;
            /**
             * Packages
             * @default []
             */
            packages?: string[];
            /**
             * Leader
             * @default null
             */
            leader?: string | null;
            /**
             * Leader Number
             * @default null
             */
            leader_number?: number | null;
            /**
             * Leader Score
             * @default null
             */
            leader_score?: number | null;
        };
        /**
         * LeaderboardUpdate
         * @description What its training tells of a leaderboard; an empty one says that it is still at work.
         */
        LeaderboardUpdate: {
            /** @default null */
            state?: components["schemas"]["LeaderboardState"] | null;
            /** @default null */
            progress?: components["schemas"]["Progress"] | null;
            /**
             * Error
             * @default null
             */
            error?: string | null;
            /**
             * Incumbents
             * @default null
             */
            incumbents?: components["schemas"]["Incumbent"][] | null;
        };
        /**
         * MetricRule
         * @description A metric's name in the API, its title, and which way is better.
         */
        MetricRule: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /** Greater Is Better */
            greater_is_better: boolean;
        };
        /**
         * MetricValue
         * @description One metric with its sample count, its baseline and the change in percent of the baseline.
         */
        MetricValue: {
            /** Value */
            value: number | null;
            /** N */
            n: number;
            /**
             * Baseline
             * @default null
             */
            baseline?: number | null;
            /**
             * Change Percent
             * @default null
             */
            change_percent?: number | null;
        };
        /**
         * ModelEnvironment
         * @description Whose libraries a model runs with.
         * @enum {string}
         */
        ModelEnvironment: "kernelspec" | "package";
        /**
         * ModelPage
         * @description One page of registered models.
         */
        ModelPage: {
            /** Items */
            items: components["schemas"]["ModelPublic"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * ModelPublic
         * @description A registered model as the API answers it.
         */
        ModelPublic: {
            /** Name */
            name: string;
            /**
             * Description
             * @default
             */
            description?: string;
            /** Id */
            id: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Latest Version
             * @default null
             */
            latest_version?: number | null;
            /**
             * Aliases
             * @default {}
             */
            aliases?: {
                [key: string]: number;
            };
        };
        /**
         * ModelUpdate
         * @description What may change of a registered model.
         */
        ModelUpdate: {
            /**
             * Description
             * @default null
             */
            description?: string | null;
        };
        /**
         * MonitoringRules
         * @description The metrics by target type, and the limits of accuracy, drift and service health.
         */
        MonitoringRules: {
            /** Metrics */
            metrics: {
                [key: string]: components["schemas"]["MetricRule"][];
            };
            /** Main Metrics */
            main_metrics: {
                [key: string]: string[];
            };
            accuracy: components["schemas"]["AccuracyRules"];
            drift: components["schemas"]["DriftRules"];
            health: components["schemas"]["HealthRules"];
        };
        /**
         * PackageCreate
         * @description Register a package: a new version under ``name``.
         *
         *     ``upload`` names a finished upload (custom and native kinds), of which ``files`` become the
         *     package's, all of them unless given; the upload ends, and with it the rest. ``format`` is told
         *     by the files where it is not given; ``baseline`` is what ``domain.baseline`` computes;
         *     ``input_example`` is a list of at most 20 input records. ``own_code``: the caller says that the
         *     code in the files' pickles (cloudpickle of a notebook's class, a module of their own) is theirs.
         *     ``target_name`` may be left out of an anomaly, which is then called ``anomaly`` as the column of
         *     actuals, and of an unstructured model, whose is ``response``.
         */
        PackageCreate: {
            /** Name */
            name: string;
            kind: components["schemas"]["PackageKind"];
            /**
             * Description
             * @default
             */
            description?: string;
            /**
             * Target Name
             * @default
             */
            target_name?: string;
            target_type: components["schemas"]["TargetType"];
            /**
             * Class Labels
             * @default []
             */
            class_labels?: string[];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /**
             * Signature
             * @default []
             */
            signature?: {
                [key: string]: unknown;
            }[];
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Location
             * @default null
             */
            location?: string | null;
            /**
             * Build Environment
             * @default null
             */
            build_environment?: string | null;
            /**
             * Upload
             * @default null
             */
            upload?: string | null;
            /**
             * Files
             * @default null
             */
            files?: string[] | null;
            /**
             * Own Code
             * @default false
             */
            own_code?: boolean;
            /**
             * Baseline
             * @default null
             */
            baseline?: {
                [key: string]: unknown;
            } | null;
            /**
             * Provenance
             * @default {}
             */
            provenance?: {
                [key: string]: unknown;
            };
            /**
             * Input Example
             * @default null
             */
            input_example?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * Tags
             * @default {}
             */
            tags?: {
                [key: string]: string;
            };
            /**
             * Aliases
             * @default []
             */
            aliases?: string[];
        };
        /**
         * PackageKind
         * @description Where a model was built and who computes its predictions.
         * @enum {string}
         */
        PackageKind: "native" | "custom" | "external";
        /**
         * PackagePage
         * @description One page of packages; ``next_cursor`` is ``None`` on the last.
         */
        PackagePage: {
            /** Items */
            items: components["schemas"]["PackageSummary"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
            /**
             * Total
             * @default null
             */
            total?: number | null;
        };
        /**
         * PackagePublic
         * @description One package, whole.
         */
        PackagePublic: {
            /** Name */
            name: string;
            /** Version */
            version: number;
            kind: components["schemas"]["PackageKind"];
            /**
             * Description
             * @default
             */
            description?: string;
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /** Class Labels */
            class_labels?: string[];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /** Signature */
            signature?: {
                [key: string]: unknown;
            }[];
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Location
             * @default null
             */
            location?: string | null;
            /**
             * Build Environment
             * @default null
             */
            build_environment?: string | null;
            /**
             * Digest
             * @default null
             */
            digest?: string | null;
            /**
             * Size
             * @default 0
             */
            size?: number;
            /** Id */
            id: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Archived At
             * @default null
             */
            archived_at?: string | null;
            /**
             * Tags
             * @default {}
             */
            tags?: {
                [key: string]: string;
            };
            /**
             * Aliases
             * @default []
             */
            aliases?: string[];
            /**
             * Model Aliases
             * @default {}
             */
            model_aliases?: {
                [key: string]: number;
            };
            /**
             * Deployed
             * @default false
             */
            deployed?: boolean;
            /**
             * Model Deployed
             * @default []
             */
            model_deployed?: number[];
            /**
             * Baseline
             * @default null
             */
            baseline?: {
                [key: string]: unknown;
            } | null;
            /**
             * Provenance
             * @default {}
             */
            provenance?: {
                [key: string]: unknown;
            };
            /**
             * Input Example
             * @default null
             */
            input_example?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * Files
             * @default []
             */
            files?: components["schemas"]["FilePublic"][];
            /**
             * Deployments
             * @default []
             */
            deployments?: {
                [key: string]: unknown;
            }[];
        };
        /**
         * PackageRegistered
         * @description A package just registered; ``warnings`` say what will keep its model from serving.
         */
        PackageRegistered: {
            /** Name */
            name: string;
            /** Version */
            version: number;
            kind: components["schemas"]["PackageKind"];
            /**
             * Description
             * @default
             */
            description?: string;
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /** Class Labels */
            class_labels?: string[];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /** Signature */
            signature?: {
                [key: string]: unknown;
            }[];
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Location
             * @default null
             */
            location?: string | null;
            /**
             * Build Environment
             * @default null
             */
            build_environment?: string | null;
            /**
             * Digest
             * @default null
             */
            digest?: string | null;
            /**
             * Size
             * @default 0
             */
            size?: number;
            /** Id */
            id: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Archived At
             * @default null
             */
            archived_at?: string | null;
            /**
             * Tags
             * @default {}
             */
            tags?: {
                [key: string]: string;
            };
            /**
             * Aliases
             * @default []
             */
            aliases?: string[];
            /**
             * Model Aliases
             * @default {}
             */
            model_aliases?: {
                [key: string]: number;
            };
            /**
             * Deployed
             * @default false
             */
            deployed?: boolean;
            /**
             * Model Deployed
             * @default []
             */
            model_deployed?: number[];
            /**
             * Baseline
             * @default null
             */
            baseline?: {
                [key: string]: unknown;
            } | null;
            /**
             * Provenance
             * @default {}
             */
            provenance?: {
                [key: string]: unknown;
            };
            /**
             * Input Example
             * @default null
             */
            input_example?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * Files
             * @default []
             */
            files?: components["schemas"]["FilePublic"][];
            /**
             * Deployments
             * @default []
             */
            deployments?: {
                [key: string]: unknown;
            }[];
            /**
             * Warnings
             * @default []
             */
            warnings?: string[];
        };
        /**
         * PackageSummary
         * @description A row of a list of packages.
         */
        PackageSummary: {
            /** Name */
            name: string;
            /** Version */
            version: number;
            kind: components["schemas"]["PackageKind"];
            /**
             * Description
             * @default
             */
            description?: string;
            /** Target Name */
            target_name: string;
            target_type: components["schemas"]["TargetType"];
            /** Class Labels */
            class_labels?: string[];
            /**
             * Positive Class
             * @default null
             */
            positive_class?: string | null;
            /**
             * Prediction Threshold
             * @default null
             */
            prediction_threshold?: number | null;
            /** Signature */
            signature?: {
                [key: string]: unknown;
            }[];
            /**
             * Format
             * @default null
             */
            format?: string | null;
            /**
             * Location
             * @default null
             */
            location?: string | null;
            /**
             * Build Environment
             * @default null
             */
            build_environment?: string | null;
            /**
             * Digest
             * @default null
             */
            digest?: string | null;
            /**
             * Size
             * @default 0
             */
            size?: number;
            /** Id */
            id: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Archived At
             * @default null
             */
            archived_at?: string | null;
            /**
             * Tags
             * @default {}
             */
            tags?: {
                [key: string]: string;
            };
            /**
             * Aliases
             * @default []
             */
            aliases?: string[];
            /**
             * Model Aliases
             * @default {}
             */
            model_aliases?: {
                [key: string]: number;
            };
            /**
             * Deployed
             * @default false
             */
            deployed?: boolean;
            /**
             * Model Deployed
             * @default []
             */
            model_deployed?: number[];
        };
        /**
         * PackageUpdate
         * @description What may change of a package; ``tags`` replaces all tags, ``None`` leaves as is.
         */
        PackageUpdate: {
            /**
             * Description
             * @default null
             */
            description?: string | null;
            /**
             * Tags
             * @default null
             */
            tags?: {
                [key: string]: string;
            } | null;
            /**
             * Archived
             * @default null
             */
            archived?: boolean | null;
        };
        /**
         * ParquetStart
         * @description What is known of a Parquet file of which pieces were sent.
         *
         *     ``first``: the first rows, a text for each column; ``…`` where a value is not known.
         *     ``wanted``: further pieces that would tell more, as first byte and the byte after the last.
         */
        ParquetStart: {
            /**
             * Columns
             * @default []
             */
            columns?: string[];
            /**
             * Rows
             * @default null
             */
            rows?: number | null;
            /**
             * First
             * @default []
             */
            first?: string[][];
            /**
             * Wanted
             * @default []
             */
            wanted?: [
                number,
                number
            ][];
        };
        /**
         * Partition
         * @description How the data were divided.
         */
        Partition: {
            /** Kind */
            kind: string;
            /**
             * Column
             * @default null
             */
            column?: string | null;
            /**
             * Folds
             * @default null
             */
            folds?: number | null;
            /**
             * Validation Share
             * @default null
             */
            validation_share?: number | null;
            /**
             * @default {
             *       "training": 0,
             *       "validation": 0,
             *       "holdout": 0
             *     }
             */
            rows?: components["schemas"]["PartitionRows"];
        } & {
            [key: string]: unknown;
        };
        /**
         * PartitionRows
         * @description How many rows each part of the data has.
         */
        PartitionRows: {
            /**
             * Training
             * @default 0
             */
            training?: number;
            /**
             * Validation
             * @default 0
             */
            validation?: number;
            /**
             * Holdout
             * @default 0
             */
            holdout?: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * PicklePolicy
         * @description What becomes of a model whose pickles would run code outside known libraries.
         * @enum {string}
         */
        PicklePolicy: "block" | "warn" | "allow";
        /**
         * Problem
         * @description Classes and statuses: InvalidInput 400, NotAuthenticated 401, NotAuthorised 403, NotFound 404, Conflict 409, TooLarge 413, UnsupportedMediaType 415, SignatureMismatch 422, InvalidRows 422, ModelRejectedInput 422, ModelFailed 422, UnsupportedFormat 422, ContentsRefused 422, ArchiveRefused 422, UnsafeContent 422, SignatureRefused 422, IntegrityFailure 422, RequirementsRefused 422, EnvironmentFailed 422, MissingExtra 422, WorkerUnavailable 503, PredictionTimeout 504, SchemaTooNew 503, StorageUnavailable 503
         */
        Problem: {
            /** Type */
            type: string;
            /** Title */
            title: string;
            /** Status */
            status: number;
            /** Detail */
            detail: string;
            /**
             * Advice
             * @default
             */
            advice?: string;
            /**
             * Fields
             * @default {}
             */
            fields?: {
                [key: string]: unknown;
            };
        };
        /**
         * Progress
         * @description How far the training is.
         */
        Progress: {
            /**
             * Stage
             * @default
             */
            stage?: string;
            /**
             * Done
             * @default 0
             */
            done?: number;
            /**
             * Total
             * @default 0
             */
            total?: number;
            /**
             * Seconds Left
             * @default null
             */
            seconds_left?: number | null;
            /**
             * Text
             * @default
             */
            text?: string;
        };
        /**
         * ReplacementCreate
         * @description Replace the champion, or with ``dry_run`` only check.
         */
        ReplacementCreate: {
            /** @default other */
            reason?: components["schemas"]["ReplacementReason"];
            /**
             * Note
             * @default
             */
            note?: string;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /** @default null */
            environment?: components["schemas"]["ModelEnvironment"] | null;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /** Package Id */
            package_id: number;
        };
        /**
         * ReplacementMark
         * @description A package that took over, and where its predictions begin.
         */
        ReplacementMark: {
            /**
             * Time
             * Format: date-time
             */
            time: string;
            /** Package Id */
            package_id: number;
            /** Package */
            package: string;
            /** @default null */
            reason?: components["schemas"]["ReplacementReason"] | null;
        };
        /**
         * ReplacementPublic
         * @description The checks of a replacement and, when it was carried out, the deployment after it.
         */
        ReplacementPublic: {
            /** Checks */
            checks: components["schemas"]["Check"][];
            /** Replaced */
            replaced: boolean;
            deployment: components["schemas"]["DeploymentPublic"];
        };
        /**
         * ReplacementReason
         * @description Why a champion was replaced.
         * @enum {string}
         */
        ReplacementReason: "accuracy" | "data_drift" | "errors" | "scheduled_refresh" | "scoring_speed" | "other";
        /**
         * ReportResult
         * @description What became of reported predictions.
         */
        ReportResult: {
            /** Accepted */
            accepted: number;
            /** Replaced */
            replaced: number;
            /** Matched */
            matched: number;
        };
        /**
         * RollbackCreate
         * @description Put the previous package back in service.
         */
        RollbackCreate: {
            /**
             * Note
             * @default
             */
            note?: string;
        };
        /**
         * RowRejected
         * @description Why a row was not taken; ``row`` is 0-based.
         */
        RowRejected: {
            /** Row */
            row: number;
            /** Reason */
            reason: string;
        };
        /**
         * SampledRow
         * @description A prediction of a number with what really came.
         */
        SampledRow: {
            /** Association Id */
            association_id: string;
            /**
             * Timestamp
             * Format: date-time
             */
            timestamp: string;
            /** Predicted */
            predicted: number;
            /** Actual */
            actual: number;
        };
        /**
         * ScoreBin
         * @description Matched rows whose positive class's probability is near ``score``, by what happened.
         */
        ScoreBin: {
            /** Score */
            score: number;
            /** Positives */
            positives: number;
            /** Negatives */
            negatives: number;
        };
        /**
         * SegmentColumn
         * @description A segment column with its values, those of most predictions first.
         */
        SegmentColumn: {
            /** Name */
            name: string;
            /** Active */
            active: boolean;
            /**
             * Values
             * @default []
             */
            values?: components["schemas"]["SegmentValue"][];
        };
        /**
         * SegmentValue
         * @description The rows with one value of a segment column.
         *
         *     ``metrics``, means and shares are there when one column was asked for.
         */
        SegmentValue: {
            /** N */
            n: number;
            /** N Predicted */
            n_predicted: number;
            /**
             * Metrics
             * @default {}
             */
            metrics?: {
                [key: string]: components["schemas"]["MetricValue"];
            };
            /**
             * Mean Predicted
             * @default null
             */
            mean_predicted?: number | null;
            /**
             * Mean Actual
             * @default null
             */
            mean_actual?: number | null;
            /**
             * Predicted Shares
             * @default null
             */
            predicted_shares?: {
                [key: string]: number;
            } | null;
            /**
             * Actual Shares
             * @default null
             */
            actual_shares?: {
                [key: string]: number;
            } | null;
            /** Value */
            value: string;
        };
        /**
         * Segments
         * @description The segments of a deployment; numbers are of ``[start, end)`` when one column was asked for,
         *     else of all there is.
         */
        Segments: {
            /** Deployment Id */
            deployment_id: number;
            /**
             * Package Id
             * @default null
             */
            package_id?: number | null;
            /**
             * Start
             * @default null
             */
            start?: string | null;
            /**
             * End
             * @default null
             */
            end?: string | null;
            /**
             * Columns
             * @default []
             */
            columns?: components["schemas"]["SegmentColumn"][];
            /**
             * Most Values
             * @default 100
             */
            most_values?: number;
        };
        /**
         * ServerInfo
         * @description What a client needs to know of the server.
         */
        ServerInfo: {
            /** Version */
            version: string;
            /** User */
            user: string;
            /** Schema Revision */
            schema_revision: string;
            /**
             * Limits
             * @default {}
             */
            limits?: {
                [key: string]: unknown;
            };
            monitoring: components["schemas"]["MonitoringRules"];
            /** @default block */
            pickle_policy?: components["schemas"]["PicklePolicy"];
            /**
             * Trusted Types
             * @default []
             */
            trusted_types?: string[];
        };
        /**
         * ServicePeriod
         * @description Which package was in service from when to when; ``end`` is ``None`` for the champion.
         */
        ServicePeriod: {
            /** Package Id */
            package_id: number;
            /** Package */
            package: string;
            /**
             * Start
             * Format: date-time
             */
            start: string;
            /**
             * End
             * @default null
             */
            end?: string | null;
            /** @default null */
            reason?: components["schemas"]["ReplacementReason"] | null;
            /** @default null */
            environment?: components["schemas"]["ModelEnvironment"] | null;
            /**
             * Kernelspec
             * @default null
             */
            kernelspec?: string | null;
            /**
             * Note
             * @default
             */
            note?: string;
            /**
             * User
             * @default
             */
            user?: string;
        };
        /**
         * Status
         * @description How a deployment does in one respect.
         * @enum {string}
         */
        Status: "passing" | "warning" | "failing" | "unknown";
        /**
         * Taking
         * @description How far files of Jupyter's contents are on their way into an upload; bytes.
         */
        Taking: {
            /** Done */
            done: number;
            /** Size */
            size: number;
        };
        /**
         * TargetType
         * @description What a model predicts.
         * @enum {string}
         */
        TargetType: "regression" | "binary" | "multiclass" | "anomaly" | "unstructured";
        /**
         * Trainer
         * @description The process that tells of a leaderboard, so that it is known at once when it is gone.
         */
        Trainer: {
            /** Place */
            place: string;
            /** Pid */
            pid: number;
            /** Began */
            began: string;
        };
        /**
         * TrainingData
         * @description What the models were trained on.
         */
        TrainingData: {
            /** Digest */
            digest: string;
            /** Rows */
            rows: number;
            /** Columns */
            columns: number;
            /**
             * Source
             * @default
             */
            source?: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * UploadPublic
         * @description An upload in progress: files received so far.
         */
        UploadPublic: {
            /** Id */
            id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Files
             * @default []
             */
            files?: components["schemas"]["FilePublic"][];
            /**
             * Arriving
             * @default {}
             */
            arriving?: {
                [key: string]: number;
            };
            /** @default null */
            taking?: components["schemas"]["Taking"] | null;
        };
        /**
         * ValidationScore
         * @description A metric of one model on the validation data.
         */
        ValidationScore: {
            /** Mean */
            mean: number | null;
            /**
             * Spread
             * @default null
             */
            spread?: number | null;
            /**
             * N
             * @default 0
             */
            n?: number;
        };
        /**
         * Bucket
         * @description The width of one point of a series over time; all are UTC, weeks start on Monday.
         * @enum {string}
         */
        Bucket: "hour" | "day" | "week" | "month";
    };
    responses: {
        /** @description What went wrong, and what to do about it */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Accuracy = components['schemas']['Accuracy'];
export type AccuracyBucket = components['schemas']['AccuracyBucket'];
export type AccuracyDetails = components['schemas']['AccuracyDetails'];
export type AccuracyRules = components['schemas']['AccuracyRules'];
export type ActualsResult = components['schemas']['ActualsResult'];
export type AliasSet = components['schemas']['AliasSet'];
export type ArchiveTake = components['schemas']['ArchiveTake'];
export type BlueprintStep = components['schemas']['BlueprintStep'];
export type BoardDeploymentCreate = components['schemas']['BoardDeploymentCreate'];
export type BoardModelCreate = components['schemas']['BoardModelCreate'];
export type BoardModelPublic = components['schemas']['BoardModelPublic'];
export type BoardModelState = components['schemas']['BoardModelState'];
export type BoardModelSummary = components['schemas']['BoardModelSummary'];
export type BoardPackageCreate = components['schemas']['BoardPackageCreate'];
export type BoardReplacementCreate = components['schemas']['BoardReplacementCreate'];
export type BuildState = components['schemas']['BuildState'];
export type Check = components['schemas']['Check'];
export type CheckStatus = components['schemas']['CheckStatus'];
export type ContentsTake = components['schemas']['ContentsTake'];
export type ContentsTaken = components['schemas']['ContentsTaken'];
export type DeploymentCheck = components['schemas']['DeploymentCheck'];
export type DeploymentCreate = components['schemas']['DeploymentCreate'];
export type DeploymentLights = components['schemas']['DeploymentLights'];
export type DeploymentListed = components['schemas']['DeploymentListed'];
export type DeploymentPage = components['schemas']['DeploymentPage'];
export type DeploymentPublic = components['schemas']['DeploymentPublic'];
export type DeploymentState = components['schemas']['DeploymentState'];
export type DeploymentStatus = components['schemas']['DeploymentStatus'];
export type DeploymentUpdate = components['schemas']['DeploymentUpdate'];
export type Drift = components['schemas']['Drift'];
export type DriftBin = components['schemas']['DriftBin'];
export type DriftBucket = components['schemas']['DriftBucket'];
export type DriftRules = components['schemas']['DriftRules'];
export type Engine = components['schemas']['Engine'];
export type EnvironmentPublic = components['schemas']['EnvironmentPublic'];
export type FeatureDrift = components['schemas']['FeatureDrift'];
export type FilePublic = components['schemas']['FilePublic'];
export type Health = components['schemas']['Health'];
export type HealthBucket = components['schemas']['HealthBucket'];
export type HealthRules = components['schemas']['HealthRules'];
export type Importance = components['schemas']['Importance'];
export type Incumbent = components['schemas']['Incumbent'];
export type InspectionCreate = components['schemas']['InspectionCreate'];
export type InspectionPublic = components['schemas']['InspectionPublic'];
export type InspectionStage = components['schemas']['InspectionStage'];
export type InspectionState = components['schemas']['InspectionState'];
export type JobState = components['schemas']['JobState'];
export type Judged = components['schemas']['Judged'];
export type KeyCreate = components['schemas']['KeyCreate'];
export type KeyCreated = components['schemas']['KeyCreated'];
export type KeyPublic = components['schemas']['KeyPublic'];
export type LeaderboardCreate = components['schemas']['LeaderboardCreate'];
export type LeaderboardJobCreate = components['schemas']['LeaderboardJobCreate'];
export type LeaderboardJobPublic = components['schemas']['LeaderboardJobPublic'];
export type LeaderboardLog = components['schemas']['LeaderboardLog'];
export type LeaderboardPage = components['schemas']['LeaderboardPage'];
export type LeaderboardPublic = components['schemas']['LeaderboardPublic'];
export type LeaderboardState = components['schemas']['LeaderboardState'];
export type LeaderboardSummary = components['schemas']['LeaderboardSummary'];
export type LeaderboardUpdate = components['schemas']['LeaderboardUpdate'];
export type MetricRule = components['schemas']['MetricRule'];
export type MetricValue = components['schemas']['MetricValue'];
export type ModelEnvironment = components['schemas']['ModelEnvironment'];
export type ModelPage = components['schemas']['ModelPage'];
export type ModelPublic = components['schemas']['ModelPublic'];
export type ModelUpdate = components['schemas']['ModelUpdate'];
export type MonitoringRules = components['schemas']['MonitoringRules'];
export type PackageCreate = components['schemas']['PackageCreate'];
export type PackageKind = components['schemas']['PackageKind'];
export type PackagePage = components['schemas']['PackagePage'];
export type PackagePublic = components['schemas']['PackagePublic'];
export type PackageRegistered = components['schemas']['PackageRegistered'];
export type PackageSummary = components['schemas']['PackageSummary'];
export type PackageUpdate = components['schemas']['PackageUpdate'];
export type ParquetStart = components['schemas']['ParquetStart'];
export type Partition = components['schemas']['Partition'];
export type PartitionRows = components['schemas']['PartitionRows'];
export type PicklePolicy = components['schemas']['PicklePolicy'];
export type Problem = components['schemas']['Problem'];
export type Progress = components['schemas']['Progress'];
export type ReplacementCreate = components['schemas']['ReplacementCreate'];
export type ReplacementMark = components['schemas']['ReplacementMark'];
export type ReplacementPublic = components['schemas']['ReplacementPublic'];
export type ReplacementReason = components['schemas']['ReplacementReason'];
export type ReportResult = components['schemas']['ReportResult'];
export type RollbackCreate = components['schemas']['RollbackCreate'];
export type RowRejected = components['schemas']['RowRejected'];
export type SampledRow = components['schemas']['SampledRow'];
export type ScoreBin = components['schemas']['ScoreBin'];
export type SegmentColumn = components['schemas']['SegmentColumn'];
export type SegmentValue = components['schemas']['SegmentValue'];
export type Segments = components['schemas']['Segments'];
export type ServerInfo = components['schemas']['ServerInfo'];
export type ServicePeriod = components['schemas']['ServicePeriod'];
export type Status = components['schemas']['Status'];
export type Taking = components['schemas']['Taking'];
export type TargetType = components['schemas']['TargetType'];
export type Trainer = components['schemas']['Trainer'];
export type TrainingData = components['schemas']['TrainingData'];
export type UploadPublic = components['schemas']['UploadPublic'];
export type ValidationScore = components['schemas']['ValidationScore'];
export type Bucket = components['schemas']['Bucket'];
export type ResponseProblem = components['responses']['Problem'];
export type $defs = Record<string, never>;
export interface operations {
    getInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerInfo"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getOpenapiJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getModels: {
        parameters: {
            query?: {
                /** @description Words in name or description. */
                q?: string;
                /** @description Items of a page. */
                limit?: number;
                /** @description next_cursor of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getModelsName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteModelsName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    patchModelsName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelUpdate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getModelsNameVersionsVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getModelsNameAliasesAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    putModelsNameAliasesAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasSet"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteModelsNameAliasesAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getPackages: {
        parameters: {
            query?: {
                /** @description Words in name, target, tags or description. */
                q?: string;
                /** @description Of this registered model. */
                name?: string;
                kind?: components["schemas"]["PackageKind"];
                /** @description The target's name. */
                target?: string;
                target_type?: components["schemas"]["TargetType"];
                /** @description key, or key:value; all that are given. */
                tag?: string[];
                /** @description With this alias. */
                alias?: string;
                /** @description Registered by this user. */
                creator?: string;
                /** @description Whether a deployment has it in service. */
                deployed?: boolean;
                archived?: "true" | "false" | "any";
                /** @description Registered then or later. */
                created_after?: string;
                /** @description Registered before then. */
                created_before?: string;
                /** @description Whether of each model only the newest version counts that is not archived. */
                latest?: boolean;
                /** @description created_at, name, version, kind, target …; descending with -. */
                sort?: string;
                /** @description Items of a page. */
                limit?: number;
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Items to leave out from there. */
                offset?: number;
                /** @description Whether to count the items of all pages. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postPackages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackageCreate"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageRegistered"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPackagesPackageId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                package_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deletePackagesPackageId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                package_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    patchPackagesPackageId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                package_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackageUpdate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPackagesPackageIdSbom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                package_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPackagesPackageIdEnvironment: {
        parameters: {
            query?: {
                /** @description Whose Python it has (default: the server's). */
                kernelspec?: string;
                /** @description The log from this byte on. */
                log_offset?: number;
            };
            header?: never;
            path: {
                package_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postPackagesPackageIdChecks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                package_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeploymentCheck"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Check"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPackagesPackageIdFilesPath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                package_id: number;
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postUploads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getUploadsUploadId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteUploadsUploadId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    putUploadsUploadIdFilesPath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
                path: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilePublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteUploadsUploadIdFilesPath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    postUploadsUploadIdContents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContentsTake"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContentsTaken"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postUploadsUploadIdArchives: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ArchiveTake"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContentsTaken"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getUploadsUploadIdInspection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InspectionPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postUploadsUploadIdInspection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InspectionCreate"];
            };
        };
        responses: {
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InspectionPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteUploadsUploadIdInspection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeployments: {
        parameters: {
            query?: {
                /** @description Words in label, description or champion's name. */
                q?: string;
                /** @description active, inactive, archived, or any (default: not archived). */
                state?: string;
                importance?: components["schemas"]["Importance"];
                /** @description With this package in service. */
                package_id?: number;
                /** @description With a package of this registered model in service. */
                model?: string;
                /** @description With this status of service health. */
                service?: components["schemas"]["Status"];
                /** @description With this status of drift. */
                drift?: components["schemas"]["Status"];
                /** @description With this status of accuracy. */
                accuracy?: components["schemas"]["Status"];
                /** @description Whether each is to have its status and recent predictions. */
                status?: boolean;
                /** @description created_at (default: -created_at), label, importance, champion; descending with -. */
                sort?: string;
                /** @description Items of a page. */
                limit?: number;
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Items to leave out from there. */
                offset?: number;
                /** @description Whether to count the items of all pages. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeployments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeploymentCreate"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    patchDeploymentsDeployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeploymentUpdate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentLights"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServicePeriod"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentReplacements: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacementCreate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplacementPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentRollback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackCreate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplacementPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPublic"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyCreate"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyCreated"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteDeploymentsDeploymentKeysKeyId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
                key_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentPredictions: {
        parameters: {
            query?: {
                /** @description The column with the association IDs. */
                association_id_column?: string;
                /** @description The column with the times. */
                timestamp_column?: string;
                /** @description Input columns to repeat in the answer, with commas. */
                passthrough?: string;
                /** @description The number of the first row in the answer, of rows that come in parts. */
                first_row?: number;
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>[] | Record<string, never>;
                "text/csv": unknown;
                "application/vnd.apache.parquet": unknown;
                "application/vnd.apache.arrow.stream": unknown;
                "application/vnd.apache.arrow.file": unknown;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>[];
                    };
                    "text/csv": unknown;
                    "application/vnd.apache.parquet": unknown;
                    "application/vnd.apache.arrow.stream": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentPredictionsUnstructured: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentReports: {
        parameters: {
            query?: {
                /** @description The column with the association IDs. */
                association_id_column?: string;
                /** @description The column with the times. */
                timestamp_column?: string;
                /** @description The package that made them, one of the history (default: the one in service at each row's time). */
                package_id?: number;
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>[] | Record<string, never>;
                "text/csv": unknown;
                "application/vnd.apache.parquet": unknown;
                "application/vnd.apache.arrow.stream": unknown;
                "application/vnd.apache.arrow.file": unknown;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportResult"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentActuals: {
        parameters: {
            query?: {
                /** @description The column with the association IDs. */
                association_id_column?: string;
                /** @description The column with the times. */
                timestamp_column?: string;
                /** @description The column with the values. */
                value_column?: string;
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>[] | Record<string, never>;
                "text/csv": unknown;
                "application/vnd.apache.parquet": unknown;
                "application/vnd.apache.arrow.stream": unknown;
                "application/vnd.apache.arrow.file": unknown;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActualsResult"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postPreviewsParquet: {
        parameters: {
            query?: {
                /** @description Bytes of the whole file. */
                size?: number;
                /** @description The pieces in the body, in its order, as first byte and the byte after the last: 0-100,400-500. */
                pieces?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParquetStart"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentAccuracy: {
        parameters: {
            query?: {
                /** @description Chosen by the span unless given. */
                bucket?: components["schemas"]["Bucket"];
                /** @description From then on. */
                start?: string;
                /** @description Before then. */
                end?: string;
                /** @description This package's predictions alone. */
                package_id?: number;
                /** @description This segment column … */
                segment?: string;
                /** @description … and the value whose rows alone are counted: a text, (missing) or nothing for null, (other) for the values that are not kept apart. */
                segment_value?: string;
                /** @description This metric; may be repeated. */
                metric?: string[];
                /** @description The buckets have this metric alone; may be repeated. A long series comes sooner with one. */
                bucket_metric?: string[];
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accuracy"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentSegments: {
        parameters: {
            query?: {
                /** @description Compare the accuracy of this segment column's values. */
                column?: string;
                /** @description From then on. */
                start?: string;
                /** @description Before then. */
                end?: string;
                /** @description This package's predictions alone. */
                package_id?: number;
                /** @description This metric; may be repeated. */
                metric?: string[];
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Segments"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentAccuracyDetails: {
        parameters: {
            query?: {
                /** @description From then on. */
                start?: string;
                /** @description Before then. */
                end?: string;
                /** @description This package's predictions alone. */
                package_id?: number;
                /** @description This segment column … */
                segment?: string;
                /** @description … and the value whose rows alone are counted: a text, (missing) or nothing for null, (other) for the values that are not kept apart. */
                segment_value?: string;
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccuracyDetails"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentDrift: {
        parameters: {
            query?: {
                /** @description Chosen by the span unless given. */
                bucket?: components["schemas"]["Bucket"];
                /** @description From then on. */
                start?: string;
                /** @description Before then. */
                end?: string;
                /** @description This package's, instead of the champion's. */
                package_id?: number;
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drift"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeploymentsDeploymentHealth: {
        parameters: {
            query?: {
                /** @description Chosen by the span unless given. */
                bucket?: components["schemas"]["Bucket"];
                /** @description From then on. */
                start?: string;
                /** @description Before then. */
                end?: string;
                /** @description This package's predictions alone. */
                package_id?: number;
            };
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postDeploymentsDeploymentRebuildAccuracy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postRebuildAccuracy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboards: {
        parameters: {
            query?: {
                /** @description Words in name, target or description. */
                q?: string;
                state?: components["schemas"]["LeaderboardState"];
                /** @description Whose models become packages of this name. */
                name?: string;
                /** @description created_at (default: -created_at), name, target; descending with -. */
                sort?: string;
                /** @description Items of a page. */
                limit?: number;
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Items to leave out from there. */
                offset?: number;
                /** @description Whether to count the items of all pages. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeaderboardCreate"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboardsJobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardJobPublic"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsJobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeaderboardJobCreate"];
            };
        };
        responses: {
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardJobPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboardsJobsJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardJobPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteLeaderboardsJobsJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboardsLeaderboardId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteLeaderboardsLeaderboardId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    patchLeaderboardsLeaderboardId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeaderboardUpdate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsLeaderboardIdStop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboardsLeaderboardIdLog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderboardLog"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsLeaderboardIdModels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BoardModelCreate"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BoardModelPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboardsLeaderboardIdModelsNumber: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BoardModelPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsLeaderboardIdModelsNumberUnlock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BoardModelPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboardsLeaderboardIdModelsNumberFilesPath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsLeaderboardIdModelsNumberPackage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BoardPackageCreate"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsLeaderboardIdModelsNumberDeployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BoardDeploymentCreate"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsLeaderboardIdModelsNumberReplacement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BoardReplacementCreate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplacementPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLeaderboardsLeaderboardIdModelsNumberEnvironment: {
        parameters: {
            query?: {
                /** @description Whose Python it has (default: the server's). */
                kernelspec?: string;
                /** @description The log from this byte on. */
                log_offset?: number;
            };
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentPublic"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postLeaderboardsLeaderboardIdModelsNumberChecks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaderboard_id: number;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeploymentCheck"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Check"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
