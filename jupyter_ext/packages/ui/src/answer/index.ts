export { Answer, type AnswerProps } from "./Answer";
export { Working } from "./Working";
