// Builds the page. `vite build --mode development` keeps React's development build, with StrictMode's double effects.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["SERVER"] ?? "http://127.0.0.1:4000";

export default defineConfig({
  plugins: [react()],
  // The libraries change less often than the page: browsers keep them.
  build: {
    // The first browsers that know `light-dark()`: rewritten for older ones, it would lose sight of the colours chosen.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The component library, fetched once and kept.
    chunkSizeWarningLimit: 1_000,
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
