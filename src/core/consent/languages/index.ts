export { CHINESE, HINDI, JAPANESE, KOREAN } from "./asian";
export { GREEK, POLISH, RUSSIAN, TURKISH } from "./eastern";
export { DUTCH, GERMAN } from "./germanic";
export { DANISH, FINNISH, NORWEGIAN, SWEDISH } from "./nordic";
export { ARABIC, HEBREW } from "./right-to-left";
export { FRENCH, ITALIAN, PORTUGUESE, SPANISH } from "./romance";
