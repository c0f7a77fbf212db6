// Builds the page. `vite build --mode development` keeps React's development build, with StrictMode's double effects.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["SERVER"] ?? "http://127.0.0.1:4000";

export default defineConfig({
  plugins: [react()],
  // The libraries change less often than the page: browsers keep them.
  build: {
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "libraries", test: /node_modules/ }],
        },
      },
    },
  },
  // `npm run dev` beside a server: the page from here, the rest from there.
  server: {
    proxy: {
      "/socket.io": { target: server, ws: true },
      "/sign-in": server,
      "/stats": server,
    },
  },
});
