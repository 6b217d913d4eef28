"use strict";
// Draws each [data-chart] from the JSON block it names, in the colours of the theme.
(() => {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const language = document.documentElement.lang;
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(language);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // Points [x, y, name], a series for each group of them.
  function scatter(given, axis) {
    const named = (name, place) => ({ type: "value", name, ...place, nameTextStyle: { color: token("--ink-soft"), align: place.align }, ...axis, axisLabel: { ...axis.axisLabel, formatter: (value) => short.format(value) } });
    return {
      animation: !still,
      color: ["--chart-1", "--chart-2", "--chart-3", "--chart-4"].map(token),
      textStyle: { fontFamily: token("--font"), color: token("--ink") },
      aria: { enabled: true, label: { description: given.description }, decal: { show: true } },
      grid: { left: 8, right: 16, top: 68, bottom: 24, containLabel: true },
      legend: { type: "scroll", top: 0, left: 0, right: 0, icon: "circle", itemHeight: 8, textStyle: { color: token("--ink-soft") } },
      tooltip: { trigger: "item", confine: true, formatter: ({ value }) => `${echarts.format.encodeHTML(value[2])}: ${whole.format(value[0])} / ${whole.format(value[1])}` },
      xAxis: named(given.scatter.x, { nameLocation: "middle", nameGap: 28, align: "center" }),
      yAxis: named(given.scatter.y, { nameLocation: "end", nameGap: 12, align: "left" }),
      series: given.series.map((series) => ({ type: "scatter", name: series.name, data: series.points, symbolSize: 9 })),
    };
  }
  function axes() {
    return {
      axisLine: { lineStyle: { color: token("--line") } },
      axisTick: { show: false },
      axisLabel: { color: token("--ink-soft"), fontFamily: token("--font") },
      splitLine: { lineStyle: { color: token("--line") } },
    };
  }
  // Lines and bars over the labels.
  function course(given, axis) {
    return {
      animation: !still,
      color: ["--chart-1", "--chart-2", "--chart-3", "--chart-4"].map(token),
      textStyle: { fontFamily: token("--font"), color: token("--ink") },
      aria: { enabled: true, label: { description: given.description || "" } },
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, icon: "roundRect", itemHeight: 8, textStyle: { color: token("--ink-soft") } },
      tooltip: { trigger: "axis", confine: true, valueFormatter: (value) => whole.format(value) },
      xAxis: { type: "category", data: given.labels, ...axis, splitLine: { show: false } },
      yAxis: { type: "value", ...axis, axisLabel: { ...axis.axisLabel, formatter: (value) => short.format(value) } },
      series: given.series.map((series) => ({
        type: series.type || "line",
        name: series.name,
        data: series.values,
        smooth: false,
        symbolSize: 6,
        lineStyle: { width: 2, type: series.dashed ? "dashed" : "solid" },
        itemStyle: { borderRadius: series.type === "bar" ? [3, 3, 0, 0] : 0 },
      })),
    };
  }
  document.querySelectorAll("[data-chart]").forEach((place) => {
    const source = document.getElementById(place.dataset.chart);
    if (!source || !window.echarts) return;
    const given = JSON.parse(source.textContent);
    const chart = echarts.init(place, null, { renderer: "svg" });
    const draw = () => chart.setOption((given.scatter ? scatter : course)(given, axes()), true);
    draw();
    addEventListener("resize", () => chart.resize());
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  });
})();
