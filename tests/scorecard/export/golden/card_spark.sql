WITH `inputs` AS (
  SELECT
    `id`,
    NULLIF(CAST(`ratio` AS DOUBLE), CAST('NaN' AS DOUBLE)) AS `x1`,
    NULLIF(CAST(`late` AS DOUBLE), CAST('NaN' AS DOUBLE)) AS `x2`,
    CAST(`its "name" ``[]' 漢` AS STRING) AS `x3`,
    NULLIF(CAST(`twin` AS DOUBLE), CAST('NaN' AS DOUBLE)) AS `x4`
  FROM `features`
), `bins` AS (
  SELECT
    `id`,
    CASE
      WHEN `x1` IS NULL THEN 4
      WHEN `x1` < 1E-07 THEN 0
      WHEN `x1` < 0.1E0 THEN 1
      WHEN `x1` < 0.3E0 THEN 2
      ELSE 3
    END AS `b1`,
    CASE
      WHEN `x2` IS NULL THEN 5
      WHEN `x2` = -1 THEN 3
      WHEN `x2` = 99.9E0 THEN 4
      WHEN `x2` < 1 THEN 0
      WHEN `x2` < 2.5E0 THEN 1
      ELSE 2
    END AS `b2`,
    CASE
      WHEN `x3` IS NULL THEN 4
      WHEN `x3` = '?' THEN 3
      WHEN `x3` IN ('car', 'it\'s', '\\n') THEN 0
      WHEN `x3` IN ('a "b"', ' home', '漢字', 'ß') THEN 1
      ELSE 2
    END AS `b3`,
    CASE WHEN `x4` IS NULL THEN 3 WHEN `x4` < 1 THEN 0 WHEN `x4` < 2.5E0 THEN 1 ELSE 2 END AS `b4`
  FROM `inputs`
), `points` AS (
  SELECT
    `id`,
    CASE `b1`
      WHEN 0 THEN 112
      WHEN 1 THEN 131
      WHEN 2 THEN 137
      WHEN 3 THEN 148
      WHEN 4 THEN 133
    END AS `p1`,
    CASE `b2`
      WHEN 0 THEN 143
      WHEN 1 THEN 122
      WHEN 2 THEN 109
      WHEN 3 THEN 136
      WHEN 4 THEN 124
      WHEN 5 THEN 134
    END AS `p2`,
    CASE `b3`
      WHEN 0 THEN 138
      WHEN 1 THEN 120
      WHEN 2 THEN 128
      WHEN 3 THEN 116
      WHEN 4 THEN 130
    END AS `p3`,
    CASE `b4` WHEN 0 THEN 143 WHEN 1 THEN 122 WHEN 2 THEN 109 WHEN 3 THEN 136 END AS `p4`,
    -0.9000000000000001E0 + CASE `b1`
      WHEN 0 THEN 0.5760000000000001E0
      WHEN 1 THEN -0.07200000000000001E0
      WHEN 2 THEN -0.28800000000000003E0
      WHEN 3 THEN -0.6480000000000001E0
      WHEN 4 THEN -0.14400000000000002E0
    END + CASE `b2`
      WHEN 0 THEN -0.504E0
      WHEN 1 THEN 0.21600000000000003E0
      WHEN 2 THEN 0.6480000000000001E0
      WHEN 3 THEN -0.28800000000000003E0
      WHEN 4 THEN 0.14400000000000002E0
      WHEN 5 THEN -0.21600000000000003E0
    END + CASE `b3`
      WHEN 0 THEN -0.36000000000000004E0
      WHEN 1 THEN 0.28800000000000003E0
      WHEN 2 THEN 0
      WHEN 3 THEN 0.43200000000000005E0
      WHEN 4 THEN -0.07200000000000001E0
    END + CASE `b4`
      WHEN 0 THEN -0.504E0
      WHEN 1 THEN 0.21600000000000003E0
      WHEN 2 THEN 0.6480000000000001E0
      WHEN 3 THEN -0.28800000000000003E0
    END AS `log_odds`
  FROM `bins`
), `scores` AS (
  SELECT
    `id`,
    `p1`,
    `p2`,
    `p3`,
    `p4`,
    `log_odds`,
    `p1` + `p2` + `p3` + `p4` AS `score`,
    595 - (
      `p1` * 4
    ) AS `l1`,
    574 - (
      `p2` * 4
    ) AS `l2`,
    553 - (
      `p3` * 4
    ) AS `l3`,
    572 - (
      `p4` * 4
    ) AS `l4`
  FROM `points`
), `reasons_1` AS (
  SELECT
    `id`,
    `p1`,
    `p2`,
    `p3`,
    `p4`,
    `log_odds`,
    `score`,
    `l1`,
    `l2`,
    `l3`,
    `l4`,
    GREATEST(`l1`, `l2`, `l3`, `l4`) AS `r1`
  FROM `scores`
), `reasons_2` AS (
  SELECT
    `id`,
    `p1`,
    `p2`,
    `p3`,
    `p4`,
    `log_odds`,
    `score`,
    `l1`,
    `l2`,
    `l3`,
    `l4`,
    `r1`,
    GREATEST(
      CASE WHEN `l1` < `r1` THEN `l1` ELSE -1 END,
      CASE WHEN `l2` < `r1` THEN `l2` ELSE -1 END,
      CASE WHEN `l3` < `r1` THEN `l3` ELSE -1 END,
      CASE WHEN `l4` < `r1` THEN `l4` ELSE -1 END
    ) AS `r2`
  FROM `reasons_1`
)
SELECT
  `id`,
  `p1` AS `ratio_points`,
  `p2` AS `late_points`,
  `p3` AS `its "name" ``[]' 漢_points`,
  `p4` AS `twin_points`,
  `score`,
  1 / (
    1 + EXP(-`log_odds`)
  ) AS `pd`,
  1 / (
    1 + EXP((
      `score` - 487.1228762045055E0
    ) / 28.85390081777927E0)
  ) AS `pd_of_score`,
  CASE
    WHEN `r1` >= 4 THEN CASE `r1` % 4
      WHEN 0 THEN 'twin'
      WHEN 1 THEN 'its "name" `[]\' 漢'
      WHEN 2 THEN 'late'
      WHEN 3 THEN 'ratio'
    END
  END AS `reason_1`,
  CASE
    WHEN `r2` >= 4 THEN CASE `r2` % 4
      WHEN 0 THEN 'twin'
      WHEN 1 THEN 'its "name" `[]\' 漢'
      WHEN 2 THEN 'late'
      WHEN 3 THEN 'ratio'
    END
  END AS `reason_2`
FROM `reasons_2`
