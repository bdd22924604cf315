// All that is loaded when a deployment's panel is opened.
export { DeploymentPanel } from '.';
export { DEPLOYMENT_TABS } from './tabs';
