export { Tables } from "./Tables";
export { Upload } from "./Upload";
