export { type Device, type DeviceName, type DeviceReport, openDevice } from './open.js';
