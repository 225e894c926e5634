/** Documents and questions of a shop, in languages without a judged collection. */

interface Sentences {
  /** What `{s}` is replaced by. */
  readonly subjects: readonly string[]
  /** Statements about a subject; `{n}` is a number. */
  readonly statements: readonly string[]
  readonly questions: readonly string[]
}

/** As many as the collections of other languages have. */
const DOCUMENTS = 240
const STATEMENTS = 12

export const SENTENCES: Readonly<Record<string, Sentences>> = {
  Japanese: {
    // biome-ignore format: a word needs no line of its own
    subjects: ['返品', '配送', '支払い', '会員登録', '保証', '修理', '請求書', '予約', 'ギフト券', '住所変更', 'パスワード', '定期購入'],
    statements: [
      '{s}の手続きはマイページから行えます。',
      '{s}には最大{n}日かかります。',
      '{s}の手数料は{n}円です。',
      '{s}が完了すると、確認のメールが届きます。',
      '{s}を取り消す場合は、{n}時間以内に窓口へ電話してください。',
      '海外からの{s}には対応していません。',
      '{s}について質問がある場合は、受付番号{n}を伝えてください。',
      '週末に受け付けた{s}は、月曜日に処理されます。',
    ],
    questions: [
      '{s}には何日かかりますか？',
      '{s}の手数料はいくらですか？',
      '{s}を取り消すにはどうすればいいですか？',
      '海外からの{s}はできますか？',
    ],
  },
  Thai: {
    // biome-ignore format: a word needs no line of its own
    subjects: ['การคืนสินค้า', 'การจัดส่ง', 'การชำระเงิน', 'การสมัครสมาชิก', 'การรับประกัน', 'การซ่อม', 'ใบแจ้งหนี้', 'การจอง', 'บัตรของขวัญ',
      'การเปลี่ยนที่อยู่', 'รหัสผ่าน', 'การต่ออายุ'],
    statements: [
      'คุณจัดการ{s}ได้ที่หน้าบัญชีของคุณ ',
      '{s}ใช้เวลาไม่เกิน {n} วัน ',
      'ค่าธรรมเนียมสำหรับ{s}คือ {n} บาท ',
      'เมื่อ{s}เสร็จสิ้น คุณจะได้รับอีเมลยืนยัน ',
      'หากต้องการยกเลิก{s} โปรดโทรหาเราภายใน {n} ชั่วโมง ',
      'ไม่รองรับ{s}จากต่างประเทศ ',
      'หากมีคำถามเกี่ยวกับ{s} โปรดแจ้งหมายเลข {n} ',
      '{s}ในวันหยุดจะดำเนินการในวันจันทร์ ',
    ],
    questions: ['{s}ใช้เวลากี่วัน', 'ค่าธรรมเนียมสำหรับ{s}เท่าไร', 'ฉันจะยกเลิก{s}ได้อย่างไร', 'รองรับ{s}จากต่างประเทศหรือไม่'],
  },
  Hindi: {
    // biome-ignore format: a word needs no line of its own
    subjects: ['वापसी', 'डिलीवरी', 'भुगतान', 'पंजीकरण', 'वारंटी', 'मरम्मत', 'बिल', 'बुकिंग', 'उपहार कार्ड', 'पता बदलना', 'पासवर्ड', 'सदस्यता'],
    statements: [
      'आप {s} का अनुरोध अपने खाते के पृष्ठ से कर सकते हैं। ',
      '{s} में अधिकतम {n} दिन लगते हैं। ',
      '{s} का शुल्क {n} रुपये है। ',
      '{s} पूरा होने पर आपको एक ईमेल मिलेगा। ',
      '{s} रद्द करने के लिए {n} घंटे के भीतर हमें फ़ोन करें। ',
      'विदेश से {s} संभव नहीं है। ',
      '{s} के बारे में प्रश्न हो तो संख्या {n} बताएँ। ',
      'सप्ताहांत में मिले {s} के अनुरोध सोमवार को पूरे होते हैं। ',
    ],
    questions: ['{s} में कितने दिन लगते हैं?', '{s} का शुल्क कितना है?', '{s} कैसे रद्द करें?', 'क्या विदेश से {s} संभव है?'],
  },
}

/** Makes documents of statements about two subjects each, and all questions about all subjects. */
export function generateCollection({ subjects, statements, questions }: Sentences) {
  const pick = <T>(list: readonly T[], i: number) => list[i % list.length]!
  return {
    documents: Array.from({ length: DOCUMENTS }, (_, i) => {
      const text = Array.from({ length: STATEMENTS }, (_, k) =>
        pick(statements, i + k)
          .replace('{s}', pick(subjects, k < statements.length ? i : i + 5))
          .replace('{n}', String(2 + i + k)),
      )
      return { id: `${i}`, title: pick(subjects, i), text: text.join('') }
    }),
    questions: subjects.flatMap(subject => questions.map(question => question.replace('{s}', subject))),
  }
}
