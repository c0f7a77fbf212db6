// Builds the page. `vite build --mode development` keeps React's development build, with StrictMode's double effects.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // `npm run dev` beside `make quickstart`: the page from here, the rest from there.
  server: { proxy: { "/socket.io": { target: "http://127.0.0.1:4000", ws: true } } },
});
