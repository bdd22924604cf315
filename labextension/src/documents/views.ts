// What is not loaded with JupyterLab, but when the first panel or dialog is opened.
export { DeploymentPanel } from './deployment';
export { ReplaceDialog, RollBackDialog } from './deployment/replace/ReplaceDialog';
export { DEPLOYMENT_TABS } from './deployment/tabs';
export { Comparison } from './leaderboard/Comparison';
export { DeployModel } from './leaderboard/DeployModel';
export { LeaderboardPanel } from './leaderboard/LeaderboardPanel';
export { Models } from './leaderboard/Models';
export { Training } from './leaderboard/Training';
export { TrainForm } from './leaderboard/TrainForm';
export { PackagePanel } from './package';
export { DeployDialog } from './package/DeployDialog';
export { PACKAGE_TABS } from './package/tabs';
export { RegisterPanel } from './register';
