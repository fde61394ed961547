// Moves the bar while a file is looked through or matched, and shows what came of it.

const section = document.getElementById("progress");

async function look() {
  try {
    const response = await fetch(section.dataset.address, { cache: "no-store" });
    if (!response.ok) throw new Error(response.status);
    const found = await response.json();
    if (found.state !== section.dataset.state) return location.reload();
    if (found.total) {
      const bar = document.getElementById("bar");
      bar.max = found.total;
      bar.value = found.done;
      document.getElementById("said").textContent =
        `${found.done.toLocaleString("en")} of ${found.total.toLocaleString("en")} patients`;
    }
  } catch {
    document.getElementById("said").textContent = "the server does not answer; it is asked again";
  }
  return setTimeout(look, 700);
}

if (section) setTimeout(look, 400);
